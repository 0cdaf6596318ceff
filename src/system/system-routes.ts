import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { SystemSchema } from './system-schemas.ts';
import type { SystemService } from './system-service.ts';

/** `GET /system`: how the installation is, for the page that shows it. */
export const systemRoutes: RoutePlugin<{ system: SystemService }> = async (app, { system }) => {
  app.get('/system', getSystem, async (request, reply) => {
    reply.header('cache-control', 'no-store');
    return ok(request, await system.view(request.access));
  });
};

const getSystem = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'getSystem',
    tags: ['Health'],
    description: 'Version, checks, devices, what waits, warnings; `details` are for administrators.',
    response: { 200: envelope(SystemSchema) },
  },
} as const;
