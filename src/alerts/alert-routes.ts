import { jsonLimit } from '../http/body-files.ts';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { queueLargeBodies } from '../http/large-bodies.ts';
import { envelope } from '../http/schemas.ts';
import type { AcceptedAlert, AlertIntake } from './alert-intake.ts';
import * as schemas from './alert-schemas.ts';
import type { AlertService } from './alert-service.ts';

export interface AlertRoutesOptions {
  readonly alertIntake: AlertIntake;
  readonly alertService: AlertService;
  readonly idempotency: Idempotency;
  /** The largest image. */
  readonly maxBytes: number;
}

/** Messages to everybody on a list at once, and who has seen them. */
export const alertRoutes: RoutePlugin<AlertRoutesOptions> = async (app, options) => {
  const { alertService } = options;

  app.register(async (scope) => alerting(scope, options));

  app.get('/alerts', listAlerts, async (request) =>
    ok(request, await alertService.list({ ...request.query, access: request.access })),
  );

  app.get('/alerts/:alertId', getAlert, async (request) =>
    ok(request, await alertService.view(request.params.alertId, request.access)),
  );

  app.post('/alerts/:alertId/acknowledge', acknowledgeAlert, async (request) => {
    const { access, params, body } = request;
    const by = body?.by ?? access.name ?? 'API';
    return ok(request, await alertService.acknowledge(params.alertId, by, access), 'Alert acknowledged');
  });
};

/** In a scope of its own: only here bodies are large. */
const alerting: RoutePlugin<AlertRoutesOptions> = async (app, options) => {
  const { alertIntake, alertService, idempotency, maxBytes } = options;
  queueLargeBodies(app);

  app.post('/alerts', { ...sendAlert, bodyLimit: jsonLimit(maxBytes) }, async (request, reply) => {
    const { data = [], image = null, escalate = null, requiresAck = false, ...rest } = request.body;
    const { access } = request;
    const order = { ...rest, data, image, escalate, requiresAck };
    const origin = { access, source: 'api' as const, topic: null, keys: [] };
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => alertIntake.accept(order, origin, beside),
        answer: async ({ alertId, isRepeat: repeated }: AcceptedAlert) => ({
          status: repeated ? (200 as const) : (202 as const),
          data: { ...(await alertService.view(alertId, access)), repeated },
          message: repeated ? 'The same alert was sent just now' : 'Alert accepted',
        }),
      },
    );
    return reply.code(status).send(body);
  });
};

const tags = ['Codes and alerts'];

const sendAlert = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'sendAlert',
    description: 'A message to everybody on a recipient list at once, with readings and an image.',
    tags,
    headers: SendingHeaders,
    body: schemas.AlertBody,
    response: { 200: envelope(schemas.AcceptedAlertSchema), 202: envelope(schemas.AcceptedAlertSchema) },
  },
} as const;

const listAlerts = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'listAlerts',
    tags,
    querystring: schemas.ListAlertsQuery,
    response: { 200: envelope(schemas.AlertListSchema) },
  },
} as const;

const getAlert = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getAlert',
    tags,
    params: schemas.AlertParams,
    response: { 200: envelope(schemas.AlertSchema) },
  },
} as const;

const acknowledgeAlert = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'acknowledgeAlert',
    tags,
    params: schemas.AlertParams,
    body: schemas.AcknowledgeBody.optional(),
    response: { 200: envelope(schemas.AlertSchema) },
  },
} as const;
