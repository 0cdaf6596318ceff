import { createAllowedNumberRepository } from '../../src/allowed-numbers/allowed-number-repository.ts';
import { createStorageRules, type StorageRules } from '../../src/allowed-numbers/storage-rules.ts';
import type { KeyRing } from '../../src/config/key-encryption-key.ts';
import type { Database } from '../../src/database/database.ts';
import { createEventLogRepository } from '../../src/events/event-log-repository.ts';
import { createDeviceTurns, type DeviceTurns } from '../../src/history/device-turns.ts';
import { createHistoryRepository, type HistoryRepository } from '../../src/history/history-repository.ts';
import { createHistoryWriter } from '../../src/history/history-writer.ts';
import { createIdentityBook, type IdentityBook } from '../../src/history/identity-book.ts';
import { createInboundIngest, type InboundIngest } from '../../src/inbound/inbound-ingest.ts';
import { createInboundRepository } from '../../src/inbound/inbound-repository.ts';
import { createMediaSealer } from '../../src/media/received-media-sealer.ts';
import type { MessageEvent } from '../../src/messages/message-events.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus, type EventBus } from '../../src/shared/event-bus.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';

/** What takes over what devices receive, its parts, and what it publishes. */
export interface TestIngest extends InboundIngest {
  readonly published: EventBus<MessageEvent>;
  readonly rules: StorageRules;
  readonly repository: HistoryRepository;
  readonly identities: IdentityBook;
  readonly turns: DeviceTurns;
}

/** The master key under which what opens files is sealed. */
export const testKeyRing: KeyRing = { id: 'test', key: Buffer.alloc(32, 1), previous: [] };

interface IngestOptions {
  readonly clock?: Clock;
  /** `off` shows what the guard is good for. */
  readonly guard?: 'on' | 'off';
}

export function ingestOn(
  database: Database,
  { clock = systemClock, guard = 'on' }: IngestOptions = {},
): TestIngest {
  const published = createEventBus<MessageEvent>((error) => {
    throw error;
  });
  const ids = createIds({ clock, random: systemRandom });
  const rules = createStorageRules({ repository: createAllowedNumberRepository({ database }), clock });
  const repository = createHistoryRepository({ database });
  const identities = createIdentityBook({ repository, clock });
  const turns = createDeviceTurns();
  const ingest = createInboundIngest({
    repository: createInboundRepository(database, createMediaSealer(testKeyRing)),
    rules: guard === 'on' ? rules : unguarded(rules),
    history: createHistoryWriter({ repository, identities }),
    votes: { read: async (_, { messages }) => ({ messages, statements: [] }) },
    turns,
    events: { ...createEventLogRepository({ database }), announce() {} },
    published,
    ids,
    clock,
  });
  return { ...ingest, published, rules, repository, identities, turns };
}

function unguarded(rules: StorageRules): StorageRules {
  return {
    ...rules,
    decide: async (...request) => ({ ...(await rules.decide(...request)), guard: undefined }),
  };
}
