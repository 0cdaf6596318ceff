import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import * as schemas from './allowed-number-schemas.ts';
import type { AllowedNumberService } from './allowed-number-service.ts';

interface AllowedNumberRoutesOptions {
  allowedNumberService: AllowedNumberService;
}

/** Which of our numbers may keep history. */
export const allowedNumberRoutes: RoutePlugin<AllowedNumberRoutesOptions> = async (app, options) => {
  const { allowedNumberService: service } = options;

  app.get('/allowed-numbers', listNumbers, async (request) =>
    ok(request, await service.list(request.access, request.query)),
  );

  app.post('/allowed-numbers', addNumber, async (request, reply) => {
    const { whatsapp_number: number, status, session_id: sessionId = null } = request.body;
    const added = await service.add({ number, status, sessionId }, request.access);
    return reply.code(201).send(ok(request, added, 'Number added'));
  });

  app.put('/allowed-numbers/:id/status', setStatus, async (request) => {
    const changed = await service.setStatus(request.params.id, request.body.status, request.access);
    return ok(request, changed, 'Status changed');
  });

  app.delete('/allowed-numbers/:id', removeNumber, async (request) => {
    await service.remove(request.params.id, request.access);
    return ok(request, null, 'Number removed');
  });
};

const tags = ['Allowed numbers'];

const listNumbers = {
  config: { scope: 'report:read' },
  schema: {
    operationId: 'listAllowedNumbers',
    tags,
    querystring: schemas.ListAllowedNumbersQuery,
    response: { 200: envelope(schemas.AllowedNumberListSchema) },
  },
} as const;

const addNumber = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'addAllowedNumber',
    tags,
    body: schemas.AddAllowedNumberBody,
    response: { 201: envelope(schemas.AllowedNumberSchema) },
  },
} as const;

const setStatus = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'setAllowedNumberStatus',
    tags,
    params: schemas.AllowedNumberParams,
    body: schemas.AllowedNumberStatusBody,
    response: { 200: envelope(schemas.AllowedNumberSchema) },
  },
} as const;

const removeNumber = {
  config: { scope: 'device:manage' },
  schema: {
    operationId: 'removeAllowedNumber',
    tags,
    params: schemas.AllowedNumberParams,
    response: { 200: envelope(NoData) },
  },
} as const;
