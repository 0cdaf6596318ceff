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
    const { after, limit, order, type: types = null, deviceId } = request.query;
    const { seq, isResync } = after === undefined ? FROM_THE_START : await feed.locate(after);
    const start = { after: isResync ? null : seq, limit: limit + 1, order, types };
    const found = await events.page({ ...start, ...visible(request.access, deviceId) });
    const items = found.slice(0, limit).map((event) => ({ id: event.id, ...toFrame(event) }));
    const nextCursor = found.length > limit ? (items.at(-1)?.id ?? null) : null;
    return ok(request, { resync: isResync, items, nextCursor });
  });
};

const FROM_THE_START = { seq: null, isResync: false };

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
      'Events after the one with the id `after`, oldest first; without it from the oldest that is kept. ' +
      'With order=desc the newest come first.',
    querystring: LogQuery,
    response: { 200: envelope(LogPage) },
  },
} as const;
