import type { Access } from '../http/access.ts';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { EventFeed } from './event-feed.ts';
import type { EventLogRepository } from './event-log-repository.ts';
import { toFrame } from './event-routes.ts';
import { LogPage, LogQuery } from './event-schemas.ts';
import { MESSAGE_EVENTS } from './live-event.ts';

interface EventLogRoutesOptions {
  feed: Pick<EventFeed, 'locate'>;
  events: Pick<EventLogRepository, 'page'>;
}

/** `GET /events/log`: what happened, by pages, for callers that hold no stream open. */
export const eventLogRoutes: RoutePlugin<EventLogRoutesOptions> = async (app, { feed, events }) => {
  app.get('/events/log', readEventLog, async (request) => {
    const { after, limit, deviceId } = request.query;
    const { seq, isResync } = after === undefined ? FROM_THE_OLDEST : await feed.locate(after);
    const found = await events.page({ after: seq, limit: limit + 1, ...visible(request.access, deviceId) });
    const items = found.slice(0, limit).map((event) => ({ id: event.id, ...toFrame(event) }));
    const nextCursor = found.length > limit ? (items.at(-1)?.id ?? null) : null;
    return ok(request, { resync: isResync, items, nextCursor });
  });
};

const FROM_THE_OLDEST = { seq: 0, isResync: false };

/** The rule of `maySee`, as far as it concerns what is kept: there are no secrets. */
function visible({ deviceIds, mayUse, may }: Access, deviceId: string | undefined) {
  const withoutTypes = may('message:read') ? [] : [...MESSAGE_EVENTS];
  if (deviceId === undefined) return { deviceIds, withoutTypes };
  return { deviceIds: mayUse(deviceId) ? [deviceId] : [], withoutTypes };
}

const readEventLog = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'readEventLog',
    tags: ['Events'],
    description:
      'Events after the one with the id `after`, oldest first; without it from the oldest that is kept.',
    querystring: LogQuery,
    response: { 200: envelope(LogPage) },
  },
} as const;
