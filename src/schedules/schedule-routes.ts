import { acceptFiles, jsonLimit } from '../http/body-files.ts';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import type { ContentComposer } from '../messages/content-composer.ts';
import type { ScheduleOverview } from './schedule-overview.ts';
import { scheduleOverviewRoutes } from './schedule-overview-routes.ts';
import * as schemas from './schedule-schemas.ts';
import type { ScheduleService } from './schedule-service.ts';

interface ScheduleRoutesOptions {
  scheduleService: ScheduleService;
  scheduleOverview: ScheduleOverview;
  contentComposer: ContentComposer;
  mediaIntake: MediaIntake;
  idempotency: Idempotency;
}

/** Messages that are sent later, once or again and again. */
export const scheduleRoutes: RoutePlugin<ScheduleRoutesOptions> = async (app, options) => {
  const { scheduleService } = options;

  app.register(async (scope) => scheduling(scope, options));
  app.register(scheduleOverviewRoutes, { scheduleOverview: options.scheduleOverview });

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

/** In a scope of its own: only here bodies bring files. */
const scheduling: RoutePlugin<ScheduleRoutesOptions> = async (app, options) => {
  const { scheduleService, contentComposer, mediaIntake, idempotency } = options;
  await acceptFiles(app, mediaIntake);
  const route = { ...scheduleMessage, bodyLimit: jsonLimit(mediaIntake.maxBytes) };

  app.post('/devices/:deviceId/schedule-message', route, async (request, reply) => {
    const { deviceId } = request.params;
    const {
      mediaType: type,
      file,
      base64: _,
      url,
      mimetype,
      fileName,
      caption,
      viewOnce,
      ...order
    } = request.body;
    const asked = type && { type, file, url, mimetype, fileName, caption, viewOnce };
    const content = asked && (() => contentComposer.compose(deviceId, asked));
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => scheduleService.create(deviceId, { ...order, content }, (id) => beside(id, id)),
        answer: async (scheduleId: string) => ({
          status: 201 as const,
          data: await scheduleService.view(deviceId, scheduleId),
          message: 'Message scheduled',
        }),
      },
    );
    return reply.code(status).send(body);
  });
};

const tags = ['Schedules'];

const scheduleMessage = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'scheduleMessage',
    description: 'A text or a file for later. A file is taken, and fetched, now.',
    consumes: ['application/json', 'multipart/form-data'],
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
