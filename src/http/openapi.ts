import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { ApiError } from './schemas.ts';
import type { RouteScope } from './scopes.ts';

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
          session: { type: 'apiKey', in: 'cookie', name: '__Host-wafleet' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
}

/** Every named schema comes in two forms, for requests and for answers; the form nothing refers to is dropped. */
function withoutUnused<Document extends object>(document: Document): Document {
  const components = 'components' in document ? document.components : null;
  if (typeof components !== 'object' || components === null || !('schemas' in components)) return document;
  const all = Object.entries(components.schemas ?? {});
  const text = JSON.stringify(document);
  const used = all.filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  Object.assign(components, { schemas: Object.fromEntries(used) });
  return used.length === all.length ? document : withoutUnused(document);
}

/** Adds what every route shares: failures in the envelope, and the scope in its description. */
export function describeRoute(route: RouteOptions) {
  const schema: FastifySchema = { ...route.schema };
  if (schema.hide) return;
  const scope = route.config?.scope ?? 'public';
  const answers = typeof schema.response === 'object' ? schema.response : {};
  schema.response = { '4xx': ApiError, '5xx': ApiError, ...answers };
  schema.security = securityOf(scope);
  const note = noteOf(scope);
  schema.description = schema.description ? `${schema.description}\n\n${note}` : note;
  route.schema = Object.assign(schema, { 'x-scope': scope });
}

function securityOf(scope: RouteScope): Record<string, string[]>[] {
  if (scope === 'public') return [];
  return scope === 'signed-in' ? [{ session: [] }] : [{ bearer: [] }, { apiKey: [] }, { session: [] }];
}

function noteOf(scope: RouteScope): string {
  if (scope === 'public') return 'Needs no key.';
  return scope === 'signed-in' ? 'Needs a person who is signed in.' : `Needs the scope \`${scope}\`.`;
}
