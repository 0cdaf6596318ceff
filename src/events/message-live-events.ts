import type { MessageEvent } from '../messages/message-events.ts';
import { toMessageView } from '../messages/message-view.ts';
import type { OutboxEvent } from '../outbox/outbox-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { EventFeed } from './event-feed.ts';
import type { LiveEvent } from './live-event.ts';

interface BridgeDeps {
  messages: EventBus<MessageEvent>;
  outbox: EventBus<OutboxEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Turns news of messages, received and sent, into live events. */
export function bridgeMessageEvents({ messages, outbox, feed, ids, clock }: BridgeDeps): void {
  const tell = (deviceId: DeviceId, content: Pick<LiveEvent, 'type' | 'data'>) =>
    feed.publish({ ...content, id: ids.next(), deviceId, at: clock.now() });
  messages.subscribe(({ deviceId, message }) =>
    tell(deviceId, {
      type: 'message',
      data: { message: toMessageView({ direction: 'in', ...message }, null) },
    }),
  );
  outbox.subscribe(({ deviceId, waMessageId: messageId, status, jobId, error }) => {
    // The moment between the queue and the server's ack is worth a row, but not the attention of every watcher.
    if (status === 'sending') return;
    const reason = error && { error };
    const job = jobId !== null && { jobId };
    tell(deviceId, { type: 'message_status', data: { messageId, status, ...job, ...reason } });
  });
}
