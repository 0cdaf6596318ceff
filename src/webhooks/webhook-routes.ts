import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import * as schemas from './webhook-schemas.ts';
import type { WebhookService } from './webhook-service.ts';

interface WebhookRoutesOptions {
  webhookService: WebhookService;
}

/** Where events are posted to. */
export const webhookRoutes: RoutePlugin<WebhookRoutesOptions> = async (app, { webhookService }) => {
  app.get('/webhooks', listWebhooks, async (request) => {
    const items = await webhookService.list(request.access);
    return ok(request, { items, total: items.length });
  });

  app.post('/webhooks', createWebhook, async (request, reply) => {
    const webhook = await webhookService.create(request.access, request.body);
    return reply.code(201).send(ok(request, webhook, 'Webhook created; its secret is shown only now'));
  });

  app.get('/webhooks/:webhookId', getWebhook, async (request) =>
    ok(request, await webhookService.view(request.access, request.params.webhookId)),
  );

  app.put('/webhooks/:webhookId', editWebhook, async (request) => {
    const { webhookId } = request.params;
    return ok(request, await webhookService.edit(request.access, webhookId, request.body), 'Webhook changed');
  });

  app.delete('/webhooks/:webhookId', removeWebhook, async (request) => {
    await webhookService.remove(request.access, request.params.webhookId);
    return ok(request, null, 'Webhook removed');
  });

  app.post('/webhooks/:webhookId/test', testWebhook, async (request) => {
    const result = await webhookService.test(request.access, request.params.webhookId);
    return ok(request, result, result.delivered ? 'Test event delivered' : 'Test event not delivered');
  });

  app.post('/webhooks/:webhookId/rotate-secret', rotateSecret, async (request) => {
    const { webhookId } = request.params;
    const webhook = await webhookService.rotateSecret(request.access, webhookId, request.body?.secret);
    return ok(request, webhook, 'Secret rotated; the new one is shown only now');
  });
};

const config = { scope: 'webhook:manage' } as const;
const tags = ['Webhooks'];

const listWebhooks = {
  config,
  schema: {
    operationId: 'listWebhooks',
    tags,
    response: { 200: envelope(schemas.WebhookListSchema) },
  },
} as const;

const createWebhook = {
  config,
  schema: {
    operationId: 'createWebhook',
    tags,
    body: schemas.CreateWebhookBody,
    response: { 201: envelope(schemas.WebhookWithSecretSchema) },
  },
} as const;

const getWebhook = {
  config,
  schema: {
    operationId: 'getWebhook',
    tags,
    params: schemas.WebhookParams,
    response: { 200: envelope(schemas.WebhookSchema) },
  },
} as const;

const editWebhook = {
  config,
  schema: {
    operationId: 'editWebhook',
    tags,
    params: schemas.WebhookParams,
    body: schemas.EditWebhookBody,
    response: { 200: envelope(schemas.WebhookSchema) },
  },
} as const;

const removeWebhook = {
  config,
  schema: {
    operationId: 'removeWebhook',
    tags,
    params: schemas.WebhookParams,
    response: { 200: envelope(NoData) },
  },
} as const;

const testWebhook = {
  config,
  schema: {
    operationId: 'testWebhook',
    tags,
    params: schemas.WebhookParams,
    response: { 200: envelope(schemas.TestResultSchema) },
  },
} as const;

const rotateSecret = {
  config,
  schema: {
    operationId: 'rotateWebhookSecret',
    tags,
    params: schemas.WebhookParams,
    body: schemas.RotateSecretBody,
    response: { 200: envelope(schemas.WebhookWithSecretSchema) },
  },
} as const;
