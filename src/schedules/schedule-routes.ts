import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import * as schemas from './schedule-schemas.ts';
import type { ScheduleService } from './schedule-service.ts';

interface ScheduleRoutesOptions {
  scheduleService: ScheduleService;
  idempotency: Idempotency;
}

/** Messages that are sent later, once or again and again. */
export const scheduleRoutes: RoutePlugin<ScheduleRoutesOptions> = async (app, options) => {
  const { scheduleService, idempotency } = options;

  app.post('/devices/:deviceId/schedule-message', scheduleMessage, async (request, reply) => {
    const { deviceId } = request.params;
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => scheduleService.create(deviceId, request.body, (id) => beside(id, id)),
        answer: async (scheduleId: string) => ({
          status: 201 as const,
          data: await scheduleService.view(deviceId, scheduleId),
          message: 'Message scheduled',
        }),
      },
    );
    return reply.code(status).send(body);
  });

  app.get('/devices/:deviceId/schedules', listSchedules, async (request) =>
    ok(request, await scheduleService.list({ ...request.query, deviceId: request.params.deviceId })),
  );

  app.get('/devices/:deviceId/schedules/:scheduleId', getSchedule, async (request) => {
    const { deviceId, scheduleId } = request.params;
    return ok(request, await scheduleService.view(deviceId, scheduleId));
  });

  app.patch('/devices/:deviceId/schedules/:scheduleId', editSchedule, async (request) => {
    const { deviceId, scheduleId } = request.params;
    return ok(request, await scheduleService.edit(deviceId, scheduleId, request.body), 'Schedule changed');
  });

  app.delete('/devices/:deviceId/schedules/:scheduleId', cancelSchedule, async (request) => {
    const { deviceId, scheduleId } = request.params;
    return ok(request, await scheduleService.cancel(deviceId, scheduleId), 'Schedule cancelled');
  });
};

/** What the body of a media message has; said before anything else is found wrong with it. */
const MEDIA_FIELDS = ['media', 'mediaType', 'file', 'base64', 'url', 'mimetype', 'caption'];

async function refuseMedia({ body }: { body: unknown }): Promise<void> {
  if (typeof body !== 'object' || body === null) return;
  if (MEDIA_FIELDS.some((field) => field in body)) throw new AppError('MEDIA_NOT_AVAILABLE');
}

const tags = ['Schedules'];

const scheduleMessage = {
  config: { scope: 'message:send' },
  preValidation: refuseMedia,
  schema: {
    operationId: 'scheduleMessage',
    tags,
    params: DeviceParams,
    headers: SendingHeaders,
    body: schemas.ScheduleMessageBody,
    response: { 201: envelope(schemas.ScheduleSchema) },
  },
} as const;

const listSchedules = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'listSchedules',
    tags,
    params: DeviceParams,
    querystring: schemas.ListSchedulesQuery,
    response: { 200: envelope(schemas.ScheduleListSchema) },
  },
} as const;

const getSchedule = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getSchedule',
    tags,
    params: schemas.ScheduleParams,
    response: { 200: envelope(schemas.ScheduleSchema) },
  },
} as const;

const editSchedule = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'editSchedule',
    tags,
    params: schemas.ScheduleParams,
    body: schemas.EditScheduleBody,
    response: { 200: envelope(schemas.ScheduleSchema) },
  },
} as const;

const cancelSchedule = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'cancelSchedule',
    tags,
    params: schemas.ScheduleParams,
    response: { 200: envelope(schemas.ScheduleSchema) },
  },
} as const;
