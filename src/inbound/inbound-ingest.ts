import { retryTransient } from '../database/retry.ts';
import type { StoredReceivedMessage } from '../messages/message.ts';
import type { MessageEvent } from '../messages/message-events.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { InboundEntry, InboundReader } from '../whatsapp/inbound-reader.ts';
import type { InboundRepository, TakenEntry } from './inbound-repository.ts';

interface IngestDeps {
  readonly repository: InboundRepository;
  readonly published: EventBus<MessageEvent>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Turns what devices decrypted into received messages, each exactly once, in the order in which it was read. */
export interface InboundIngest {
  /**
   * Resolves when everything that was in the device's journal at the call is stored and published. Rejects with what the database threw, after trying for ten seconds.
   */
  take(deviceId: DeviceId, reader: InboundReader): Promise<void>;
}

/** Entries of one transaction. */
const BATCH = 100;
const STORE_PATIENCE_MS = 10_000;
/** WhatsApp delivers again for weeks what it was not told about; until then a spent ciphertext must be known. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** What the library may want to read once more, when it comes again after a crash. */
const CONTENT_KEPT_MS = 7 * 24 * 60 * 60_000;
const PURGE_EVERY_MS = 60 * 60_000;

/** The rounds of one device, one after the other. */
interface Lane {
  tail: Promise<void>;
  /** The round that has not begun yet: whoever asks now shares it. */
  next: Promise<void> | null;
}

export function createInboundIngest(deps: IngestDeps): InboundIngest {
  const { repository, published, clock } = deps;
  const lanes = new Map<DeviceId, Lane>();
  const purgedAt = new Map<DeviceId, number>();

  const patiently = <Result>(work: () => Promise<Result>) =>
    retryTransient(work, { clock, isTransient: isPassing, giveUpAfterMs: STORE_PATIENCE_MS });

  const takeBatch = async (deviceId: DeviceId, reader: InboundReader): Promise<number> => {
    const entries = await reader.next(BATCH);
    if (entries.length === 0) return 0;
    const taken = entries.map((entry) => toTaken(deviceId, entry, deps));
    for (const message of await repository.take(deviceId, taken))
      published.publish({ type: 'received', deviceId, message });
    return entries.length;
  };

  /** Where nothing comes in nothing grows, and a start of many devices is not held up. */
  const purge = async (deviceId: DeviceId): Promise<void> => {
    const now = clock.monotonic();
    if (now - (purgedAt.get(deviceId) ?? -PURGE_EVERY_MS) < PURGE_EVERY_MS) return;
    purgedAt.set(deviceId, now);
    const ago = (ms: number) => new Date(clock.now().getTime() - ms);
    await repository.purge(deviceId, { before: ago(KEPT_MS), contentBefore: ago(CONTENT_KEPT_MS) });
  };

  const drain = async (deviceId: DeviceId, reader: InboundReader): Promise<void> => {
    let count = BATCH;
    let taken = 0;
    while (count === BATCH) {
      count = await patiently(() => takeBatch(deviceId, reader));
      taken += count;
    }
    if (taken > 0) await purge(deviceId);
  };

  return {
    take(deviceId, reader) {
      const lane = lanes.get(deviceId) ?? { tail: Promise.resolve(), next: null };
      lanes.set(deviceId, lane);
      lane.next ??= lane.tail = lane.tail
        // Whoever asked for the round before was told why it failed.
        .catch(() => {})
        .then(() => {
          lane.next = null;
          return drain(deviceId, reader);
        });
      return lane.next;
    },
  };
}

function toTaken(
  deviceId: DeviceId,
  { hash, reading }: InboundEntry,
  { ids, clock }: Pick<IngestDeps, 'ids' | 'clock'>,
): TakenEntry {
  switch (reading.kind) {
    case 'message': {
      const message: StoredReceivedMessage = {
        ...reading.message,
        id: ids.next(),
        deviceId,
        receivedAt: clock.now(),
      };
      return { hash, state: 'ingested', content: 'erase', message };
    }
    case 'device-talk':
      return { hash, state: 'skipped', content: 'keep', message: null };
    case 'nothing':
      return { hash, state: 'skipped', content: 'erase', message: null };
    case 'undecodable':
      return { hash, state: 'undecodable', content: 'keep', message: null };
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}
