import type { Access } from '../http/access.ts';
import { EVENT_STREAM_TYPE } from '../http/event-stream.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import type { EventFeed } from './event-feed.ts';
import { EventsHeaders, EventsQuery } from './event-schemas.ts';
import { isMessageEvent, isPairingSecret, type LiveEvent } from './live-event.ts';

interface EventRoutesOptions {
  feed: EventFeed;
}

/** `GET /events`: server-sent events of every device the caller may use, resumed by `Last-Event-ID`. */
export const eventRoutes: RoutePlugin<EventRoutesOptions> = async (app, { feed }) => {
  app.get('/events', streamEvents, async (request, reply) => {
    // Nobody reads what answers a HEAD, so a stream would hold its caller for ever.
    if (request.method === 'HEAD') return reply.type(EVENT_STREAM_TYPE).send('');
    const { deviceId } = request.query;
    const stream = app.openEventStream(reply);
    const wanted = (event: LiveEvent) =>
      (deviceId === undefined || event.deviceId === deviceId) && maySee(request.access, event);
    const lastEventId = request.headers['last-event-id'] ?? null;
    const unfollow = feed.follow(lastEventId, (event) => {
      if (wanted(event)) stream.send({ id: event.id, event: event.type, data: toFrame(event) });
    });
    stream.onClose(unfollow);
    return reply;
  });
};

/** A listener is shown what the same key could ask for, and no more. */
export function maySee(access: Pick<Access, 'may' | 'mayUse'>, event: LiveEvent): boolean {
  if (!access.mayUse(event.deviceId)) return false;
  if (isPairingSecret(event)) return access.may('device:link');
  if (isMessageEvent(event)) return access.may('message:read');
  return true;
}

function toFrame(event: LiveEvent): object {
  return { type: event.type, deviceId: event.deviceId, at: event.at.toISOString(), ...event.data };
}

const streamEvents = {
  config: { scope: 'device:read' },
  schema: {
    operationId: 'streamEvents',
    tags: ['Events'],
    description: 'A text/event-stream; the event names are the frame types of the WebSocket.',
    querystring: EventsQuery,
    headers: EventsHeaders,
  },
} as const;
