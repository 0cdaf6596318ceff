import { z } from 'zod';
import { ok } from '../../src/http/envelope.ts';
import type { ApiInstance } from '../../src/http/fastify.ts';
import { DeviceParams, envelope } from '../../src/http/schemas.ts';

/** Routes that provoke what the HTTP edge must answer; mounted where a feature's routes would be. */
export function sampleRoutes(api: ApiInstance) {
  const read = { config: { scope: 'device:read' as const } };
  const Answer = envelope(z.object({ name: z.string() }));

  api.get(
    '/devices/:deviceId',
    { ...read, schema: { params: DeviceParams, response: { 200: Answer } } },
    async (request) => {
      const device = { name: request.params.deviceId, proxyPassword: 'must not leave' };
      return ok(request, device);
    },
  );
  api.post(
    '/devices',
    {
      config: { scope: 'device:manage' },
      schema: {
        body: z.object({ deviceId: z.string().min(3), size: z.number().int().optional() }),
        response: { 201: Answer },
      },
    },
    async (request, reply) => reply.code(201).send(ok(request, { name: request.body.deviceId }, 'Made')),
  );
  api.post('/devices/:deviceId/connect', { ...read, schema: { params: DeviceParams } }, async (request) =>
    ok(request, { body: request.body ?? null }),
  );
  api.get(
    '/list',
    { ...read, schema: { querystring: z.object({ deviceId: z.string().optional() }) } },
    (request) => ok(request, { one: request.access.mayUse('dev-1'), two: request.access.mayUse('dev-2') }),
  );
  api.get('/broken', read, async () => {
    throw new Error('/srv/secret/path with password hunter2');
  });
  api.get('/disk-full', read, async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    throw new Error('not written', { cause: full });
  });
  api.get('/wrong-answer', { ...read, schema: { response: { 200: Answer } } }, async (request) =>
    // The handler's mistake is the point: its answer does not fit the schema.
    ok(request, { name: 7 as unknown as string }),
  );
}
