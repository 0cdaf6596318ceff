import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import * as schemas from './sandbox-fault-schemas.ts';
import type { SandboxFaultService } from './sandbox-fault-service.ts';

interface SandboxFaultRoutesOptions {
  faults: SandboxFaultService;
}

/** Troubles on request: those there are, causing and clearing them. Mounted under `/api/sandbox`. */
export const sandboxFaultRoutes: RoutePlugin<SandboxFaultRoutesOptions> = async (app, { faults }) => {
  app.get('/faults', listFaults, async (request) => ok(request, await faults.list()));

  app.post('/faults', causeFault, async (request, reply) =>
    reply.code(201).send(ok(request, await faults.cause(request.body), 'The fault waits for its moment')),
  );

  app.delete('/faults', clearFaults, async (request) =>
    ok(request, await faults.clearAll(), 'Faults cleared'),
  );

  app.delete('/faults/:faultId', clearFault, async (request) =>
    ok(request, await faults.clear(request.params.faultId), 'Fault cleared'),
  );
};

const config = { scope: 'admin' } as const;
const tags = ['Sandbox'];
const list = { 200: envelope(schemas.FaultListSchema) };

const listFaults = { config, schema: { operationId: 'listSandboxFaults', tags, response: list } } as const;

const causeFault = {
  config,
  schema: {
    operationId: 'causeSandboxFault',
    tags,
    body: schemas.FaultBody,
    response: { 201: envelope(schemas.CausedSchema) },
  },
} as const;

const clearFaults = { config, schema: { operationId: 'clearSandboxFaults', tags, response: list } } as const;

const clearFault = {
  config,
  schema: { operationId: 'clearSandboxFault', tags, params: schemas.FaultParams, response: list },
} as const;
