import type { OutboxEvent } from '../outbox/outbox-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { EventFeed } from './event-feed.ts';

interface BridgeDeps {
  outbox: EventBus<OutboxEvent>;
  feed: EventFeed;
  ids: Ids;
  clock: Clock;
}

/** Turns what happens to messages we send into live events; those we receive are logged with the message itself. */
export function bridgeOutboxEvents({ outbox, feed, ids, clock }: BridgeDeps): Unsubscribe {
  return outbox.subscribe(({ deviceId, waMessageId: messageId, status, jobId, error }) => {
    // The moment between the queue and the server's ack is worth a row, but not the attention of every watcher.
    if (status === 'sending') return;
    const reason = error && { error };
    const job = jobId !== null && { jobId };
    const data = { messageId, status, ...job, ...reason };
    feed.publish({ id: ids.next(), deviceId, type: 'message_status', at: clock.now(), data });
  });
}
