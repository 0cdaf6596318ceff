import type { StorageRule } from '../allowed-numbers/allowed-number.ts';
import type { StorageRules } from '../allowed-numbers/storage-rules.ts';
import { retryTransient } from '../database/retry.ts';
import type { EventLog } from '../events/event-log.ts';
import type { DeviceTurns } from '../history/device-turns.ts';
import { type Account, accountOf } from '../history/history-entry.ts';
import type { HistoryWriter } from '../history/history-writer.ts';
import type { StoredReceivedMessage } from '../messages/message.ts';
import type { MessageEvent } from '../messages/message-events.ts';
import type { PollVotes } from '../messages/poll-votes.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { InboundEntry, InboundReader, OwnAddresses } from '../whatsapp/inbound-reader.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';
import type { InboundRepository, TakenEntry } from './inbound-repository.ts';

export interface IngestDeps {
  readonly repository: InboundRepository;
  readonly rules: StorageRules;
  readonly history: HistoryWriter;
  readonly votes: Pick<PollVotes, 'read'>;
  readonly turns: Pick<DeviceTurns, 'inTurn'>;
  readonly events: Pick<EventLog, 'statements' | 'announce'>;
  readonly published: EventBus<MessageEvent>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Turns what devices decrypted into received messages and history, each exactly once, in the order in which it was read. */
export interface InboundIngest {
  /**
   * Resolves when everything that was in the device's journal at the call is stored and published. Rejects with what the database threw, after trying for ten seconds.
   */
  take(deviceId: DeviceId, reader: InboundReader): Promise<void>;
  /** The same for a message that is in no journal. */
  keep(deviceId: DeviceId, message: ReceivedMessage, own: OwnAddresses): Promise<void>;
}

/** Entries of one transaction. */
const BATCH = 100;
const STORE_PATIENCE_MS = 10_000;
/** How often somebody may decide otherwise about a number while a batch of it is stored. */
const DECISIONS = 5;
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
  const { repository, clock, ids } = deps;
  const lanes = new Map<DeviceId, Lane>();
  const purgedAt = new Map<DeviceId, number>();

  const patiently = <Result>(work: () => Promise<Result>) =>
    retryTransient(work, { clock, isTransient: isPassing, giveUpAfterMs: STORE_PATIENCE_MS });
  const stored = (message: ReceivedMessage, deviceId: DeviceId): StoredReceivedMessage => ({
    ...message,
    id: ids.next(),
    deviceId,
    receivedAt: clock.now(),
  });

  const takeBatch = async (deviceId: DeviceId, reader: InboundReader): Promise<number> => {
    const entries = await reader.next(BATCH);
    if (entries.length === 0) return 0;
    const messages = entries.flatMap(({ reading }) =>
      reading.kind === 'message' ? [stored(reading.message, deviceId)] : [],
    );
    await storeAll(deps, { deviceId, entries, messages, own: reader.own() });
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
    async keep(deviceId, message, own) {
      const messages = [stored(message, deviceId)];
      await patiently(() => storeAll(deps, { deviceId, entries: [], messages, own }));
    },
  };
}

interface Round {
  readonly deviceId: DeviceId;
  readonly entries: readonly InboundEntry[];
  readonly messages: readonly StoredReceivedMessage[];
  readonly own: OwnAddresses;
}

/** What may be kept is decided first and must still be so in the transaction; who decides otherwise in between is asked again. */
async function storeAll(deps: IngestDeps, round: Round): Promise<void> {
  const { rules, turns } = deps;
  const account = accountOf(round.own);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await turns.inTurn(round.deviceId, () => storeOnce(deps, round, account));
    } catch (error) {
      if (!(error instanceof FencedError) || account === null || attempt === DECISIONS) throw error;
      rules.forget(account.number);
    }
  }
}

async function storeOnce(deps: IngestDeps, round: Round, account: Account | null): Promise<void> {
  const { repository, rules, history, votes, events, ids, published } = deps;
  const { deviceId } = round;
  const { rule, guard } = await rules.decide(deviceId, account?.number ?? null);
  const { messages, statements } = await votes.read(deviceId, {
    messages: rule === 'withheld' ? round.messages.map(withoutBody) : round.messages,
    own: round.own,
  });
  const beside = [...(await history.statementsFor(deviceId, { account, messages, rule })), ...statements];
  const news = await repository.take(deviceId, {
    messages,
    entries: round.entries.map((entry) => toTaken(entry, rule)),
    beside,
    events: events.statements(
      messages.map(({ id, receivedAt }) => ({
        id: ids.next(),
        type: 'message' as const,
        deviceId,
        messageId: id,
        at: receivedAt,
        data: {},
      })),
    ),
    guard,
  });
  if (news.length === 0) return;
  events.announce();
  for (const { mediaSecret: _, sealedVote: __, ...message } of news)
    published.publish({ type: 'received', deviceId, message });
}

/** That something came, for whoever must not see it twice; nothing of what it said. */
function withoutBody(message: StoredReceivedMessage): StoredReceivedMessage {
  return { ...message, text: null, pushName: null, media: null, mediaSecret: null, sealedVote: null };
}

function toTaken({ hash, reading }: InboundEntry, rule: StorageRule): TakenEntry {
  const unlessWithheld = rule === 'withheld' ? 'erase' : 'keep';
  switch (reading.kind) {
    case 'message':
      return { hash, state: 'ingested', content: 'erase' };
    case 'device-talk':
      return { hash, state: 'skipped', content: reading.about === 'messages' ? unlessWithheld : 'keep' };
    case 'nothing':
      return { hash, state: 'skipped', content: 'erase' };
    case 'undecodable':
      return { hash, state: 'undecodable', content: unlessWithheld };
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && error.retryable;
}
