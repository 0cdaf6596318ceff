import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { LiveEvent } from './live-event.ts';

/** The live events of this process: a bounded memory to resume from, and a subscription for what comes. */
export interface EventFeed {
  publish(event: LiveEvent): void;
  /**
   * Calls `listener` for every remembered event after `lastEventId` (none when null), then for each new one,
   * without a gap or a repeat between the two.
   */
  follow(lastEventId: string | null, listener: (event: LiveEvent) => void): Unsubscribe;
}

/** Keeps the last `capacity` events; a QR or pairing code is never kept, since it would be stale. */
export function createEventFeed({
  bus,
  capacity,
}: {
  bus: EventBus<LiveEvent>;
  capacity: number;
}): EventFeed {
  const remembered: LiveEvent[] = [];
  return {
    publish(event) {
      if (event.type !== 'qr' && event.type !== 'pairing_code') {
        remembered.push(event);
        if (remembered.length > capacity) remembered.shift();
      }
      bus.publish(event);
    },
    follow(lastEventId, listener) {
      if (lastEventId !== null) {
        for (const event of remembered) if (event.id > lastEventId) listener(event);
      }
      return bus.subscribe(listener);
    },
  };
}
