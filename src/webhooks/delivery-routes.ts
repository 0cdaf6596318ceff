import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { DeliveryService } from './delivery-service.ts';
import * as schemas from './webhook-schemas.ts';

interface DeliveryRoutesOptions {
  deliveryService: DeliveryService;
}

/** What became of events that were to be posted, and posting them again. */
export const deliveryRoutes: RoutePlugin<DeliveryRoutesOptions> = async (app, { deliveryService }) => {
  app.get('/webhooks/:webhookId/deliveries', listDeliveries, async (request) => {
    const { webhookId } = request.params;
    return ok(request, await deliveryService.list(request.access, { ...request.query, webhookId }));
  });

  app.post('/webhooks/:webhookId/redeliver-failed', redeliverFailed, async (request) => {
    const { webhookId } = request.params;
    const result = await deliveryService.redeliverFailed(request.access, webhookId, request.body.since);
    return ok(request, result, 'Deliveries are made again');
  });

  app.get('/deliveries/:deliveryId', getDelivery, async (request) =>
    ok(request, await deliveryService.view(request.access, request.params.deliveryId)),
  );

  app.post('/deliveries/:deliveryId/redeliver', redeliver, async (request, reply) => {
    const delivery = await deliveryService.redeliver(request.access, request.params.deliveryId);
    return reply.code(202).send(ok(request, delivery, 'Delivery is made again'));
  });
};

const config = { scope: 'webhook:manage' } as const;
const tags = ['Webhooks'];

const listDeliveries = {
  config,
  schema: {
    operationId: 'listWebhookDeliveries',
    tags,
    params: schemas.WebhookParams,
    querystring: schemas.ListDeliveriesQuery,
    response: { 200: envelope(schemas.DeliveryListSchema) },
  },
} as const;

const redeliverFailed = {
  config,
  schema: {
    operationId: 'redeliverFailedWebhookDeliveries',
    tags,
    params: schemas.WebhookParams,
    body: schemas.RedeliverFailedBody,
    response: { 200: envelope(schemas.RedeliveredSchema) },
  },
} as const;

const getDelivery = {
  config,
  schema: {
    operationId: 'getWebhookDelivery',
    tags,
    params: schemas.DeliveryParams,
    response: { 200: envelope(schemas.DeliverySchema) },
  },
} as const;

const redeliver = {
  config,
  schema: {
    operationId: 'redeliverWebhookDelivery',
    tags,
    params: schemas.DeliveryParams,
    response: { 202: envelope(schemas.DeliverySchema) },
  },
} as const;
