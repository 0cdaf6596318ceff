import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ApiError } from './schemas.ts';

/** Makes `app.swagger()` answer an OpenAPI 3.1 document of every zod route registered after this. */
export async function installOpenApi(app: FastifyInstance, { version }: { version: string }) {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'wafleet',
        version,
        description:
          'Many WhatsApp accounts behind one API. Send the key as `Authorization: Bearer <key>` or `X-API-Key: <key>`.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
}

/** Adds what every route shares: failures in the envelope, and the scope in its description. */
export function describeRoute(route: RouteOptions) {
  const schema: FastifySchema = { ...route.schema };
  if (schema.hide) return;
  const scope = route.config?.scope ?? 'public';
  const answers = typeof schema.response === 'object' ? schema.response : {};
  schema.response = { ...answers, '4xx': ApiError, '5xx': ApiError };
  schema.security = scope === 'public' ? [] : [{ bearer: [] }, { apiKey: [] }];
  const note = scope === 'public' ? 'Needs no key.' : `Needs the scope \`${scope}\`.`;
  schema.description = schema.description ? `${schema.description}\n\n${note}` : note;
  route.schema = schema;
}
