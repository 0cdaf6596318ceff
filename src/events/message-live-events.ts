import type { MessageEvent } from '../messages/message-events.ts';
import { toMessageView } from '../messages/message-view.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { EventFeed } from './event-feed.ts';
import type { LiveEvent } from './live-event.ts';

interface BridgeDeps {
  messages: EventBus<MessageEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Turns message news into live events. */
export function bridgeMessageEvents({ messages, feed, ids, clock }: BridgeDeps): Unsubscribe {
  return messages.subscribe((event) => {
    feed.publish({ ...contentOf(event), id: ids.next(), deviceId: event.deviceId, at: clock.now() });
  });
}

function contentOf(event: MessageEvent): Pick<LiveEvent, 'type' | 'data'> {
  if (event.type === 'status-changed') {
    return { type: 'message_status', data: { messageId: event.waMessageId, status: event.status } };
  }
  return { type: 'message', data: { message: toMessageView({ direction: 'in', ...event.message }, null) } };
}
