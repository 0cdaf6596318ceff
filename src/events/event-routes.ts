import type { Access } from '../http/access.ts';
import { EVENT_STREAM_TYPE } from '../http/event-stream.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import type { EventFeed } from './event-feed.ts';
import { EventsHeaders, EventsQuery } from './event-schemas.ts';
import { idOf, isMessageEvent, isPairingSecret, type LiveEvent } from './live-event.ts';

interface EventRoutesOptions {
  feed: EventFeed;
}

/** `GET /events`: server-sent events of every device the caller may use, resumed by `Last-Event-ID`. */
export const eventRoutes: RoutePlugin<EventRoutesOptions> = async (app, { feed }) => {
  app.get('/events', streamEvents, async (request, reply) => {
    // Nobody reads what answers a HEAD, so a stream would hold its caller for ever.
    if (request.method === 'HEAD') return reply.type(EVENT_STREAM_TYPE).send('');
    const { access, query } = request;
    // Where it begins is known before the answer does: what the caller does next is behind it.
    const position = await feed.locate(request.headers['last-event-id'] ?? query.lastEventId ?? null);
    const stream = app.openEventStream(reply);
    if (position.isResync) stream.send({ id: null, event: RESYNC.type, data: RESYNC });
    const unfollow = feed.follow(position, async (events) => {
      for (const event of events) {
        if ((query.deviceId ?? event.deviceId) !== event.deviceId || !maySee(access, event)) continue;
        const id = idOf(event);
        stream.send({ id, event: event.type, data: toFrame(event) });
        await stream.drained();
      }
    });
    stream.onClose(unfollow);
    return reply;
  });
};

/** What a reader is told before it begins with the oldest event that is kept. */
export const RESYNC = { type: 'resync' } as const;

/** A listener is shown what the same key could ask for, and no more. */
export function maySee(access: Pick<Access, 'may' | 'mayUse'>, event: LiveEvent): boolean {
  if (!access.mayUse(event.deviceId)) return false;
  if (isPairingSecret(event)) return access.may('device:link');
  if (isMessageEvent(event)) return access.may('message:read');
  return true;
}

/** An event as callers see it, without its id. */
export function toFrame(event: LiveEvent) {
  return { type: event.type, deviceId: event.deviceId, at: event.at.toISOString(), ...event.data };
}

const streamEvents = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'streamEvents',
    tags: ['Events'],
    description:
      'A text/event-stream, see docs/events.md. It resumes behind `Last-Event-ID`, or `lastEventId`.',
    querystring: EventsQuery,
    headers: EventsHeaders,
  },
} as const;
