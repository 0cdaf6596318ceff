import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { ScheduleOverview } from './schedule-overview.ts';
import * as schemas from './schedule-schemas.ts';

interface ScheduleOverviewRoutesOptions {
  scheduleOverview: ScheduleOverview;
}

/** Schedules of all devices in one list, and what a rule would mean. */
export const scheduleOverviewRoutes: RoutePlugin<ScheduleOverviewRoutesOptions> = async (
  app,
  { scheduleOverview },
) => {
  app.get('/schedules', listAllSchedules, async (request) => {
    const { deviceId, ...listing } = request.query;
    const deviceIds = deviceId === undefined ? request.access.deviceIds : [deviceId];
    return ok(request, await scheduleOverview.list({ ...listing, deviceIds }));
  });

  app.post('/schedules/preview', previewSchedule, async (request) =>
    ok(request, await scheduleOverview.foresee(request.body)),
  );
};

const tags = ['Schedules'];

const listAllSchedules = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'listAllSchedules',
    tags,
    description: 'Of every device the caller may use, by the time they were asked for.',
    querystring: schemas.ListAllSchedulesQuery,
    response: { 200: envelope(schemas.ScheduleListSchema) },
  },
} as const;

const previewSchedule = {
  config: { scope: 'message:send', audited: false },
  schema: {
    operationId: 'previewSchedule',
    tags,
    description: 'The next times a schedule would have. Nothing is stored; refused as making it would be.',
    body: schemas.PreviewScheduleBody,
    response: { 200: envelope(schemas.SchedulePreviewSchema) },
  },
} as const;
