import type { Database } from '../../src/database/database.ts';
import { createInboundIngest, type InboundIngest } from '../../src/inbound/inbound-ingest.ts';
import { createInboundRepository } from '../../src/inbound/inbound-repository.ts';
import type { MessageEvent } from '../../src/messages/message-events.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus, type EventBus } from '../../src/shared/event-bus.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';

/** What takes over what devices receive, and what it publishes. */
export function ingestOn(
  database: Database,
  { clock = systemClock }: { clock?: Clock } = {},
): InboundIngest & { readonly published: EventBus<MessageEvent> } {
  const published = createEventBus<MessageEvent>((error) => {
    throw error;
  });
  const ids = createIds({ clock, random: systemRandom });
  const repository = createInboundRepository(database);
  return { ...createInboundIngest({ repository, published, ids, clock }), published };
}
