import type { StorageRules } from '../allowed-numbers/storage-rules.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isLid, type Jid } from '../whatsapp/jid.ts';
import type { HistoryChunk, ReceivedMessage } from '../whatsapp/socket.ts';
import type { DeviceTurns } from './device-turns.ts';
import { type Account, accountOf, belongsInHistory, canonical, toHistoryEntry } from './history-entry.ts';
import type { HistoryRepository } from './history-repository.ts';
import { chatNotes, identitiesIn, lidsIn } from './history-writer.ts';
import { type IdentityBook, toIdentity } from './identity-book.ts';
import type { Identity } from './identity-statements.ts';
import { createPatience, type Patience } from './patience.ts';

interface HistorySyncDeps {
  readonly deviceEvents: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly rules: StorageRules;
  readonly repository: HistoryRepository;
  readonly identities: IdentityBook;
  readonly turns: DeviceTurns;
  readonly limits: HistorySyncLimits;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Logger;
}

interface SyncDeps extends HistorySyncDeps, Pick<Patience, 'patiently'> {}

export interface HistorySyncLimits {
  /** Of each device, over all it was ever told. */
  readonly messages: number;
  readonly days: number;
}

/** Takes what phones tell of the time before into history. */
export interface HistorySync {
  /** Resolves when everything heard so far was tried, and no more is waited for the database. Never rejects. */
  drain(): Promise<void>;
}

const ROWS_AT_ONCE = 500;
/** A phone tells it once; without a database no socket brings more. */
const PATIENCE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;
/** They say something about other messages, which come as they have become. */
const NO_MESSAGES: ReadonlySet<string> = new Set(['edit', 'revoke', 'reaction']);

interface Piece {
  readonly deviceId: DeviceId;
  readonly account: Account;
  readonly messages: readonly ReceivedMessage[];
  readonly names: HistoryChunk['chats'];
  readonly news: readonly Identity[];
}

/** Straight to history, in bulk: nobody is told of it, no chatbot answers to it, and it is not in the recent list. */
export function startHistorySync(deps: HistorySyncDeps): HistorySync {
  const { deviceEvents, clock, log } = deps;
  const { patiently, hurry } = createPatience({ clock, giveUpAfterMs: PATIENCE_MS });
  const lines = new Map<DeviceId, Promise<void>>();
  deviceEvents.subscribe((event) => {
    if (event.type !== 'history') return;
    const { deviceId, chunk } = event;
    const line = (lines.get(deviceId) ?? Promise.resolve())
      .then(() => take(deviceId, chunk, { ...deps, patiently }))
      .catch((error: unknown) => log.warn({ deviceId, err: error }, 'history from the phone not stored'))
      .finally(() => {
        if (lines.get(deviceId) === line) lines.delete(deviceId);
      });
    lines.set(deviceId, line);
  });
  return {
    drain: () => hurry(() => Promise.all(lines.values())),
  };
}

async function take(deviceId: DeviceId, chunk: HistoryChunk, deps: SyncDeps): Promise<void> {
  const { rules, repository, limits, clock, patiently } = deps;
  const account = accountOf(chunk.own);
  if (account === null) return;
  const { rule } = await patiently(() => rules.decide(deviceId, account.number));
  if (rule !== 'history') return;
  const synced = await patiently(() => repository.countSynced(deviceId));
  const room = Math.max(0, limits.messages - synced);
  const since = new Date(clock.now().getTime() - limits.days * DAY_MS);
  const wanted = room === 0 ? [] : newest(chunk, since).slice(0, room);
  const news = chunk.identities.flatMap(({ lid, pn }) => toIdentity(lid, pn) ?? []);
  const pieces = Math.max(
    1,
    Math.ceil(Math.max(wanted.length, chunk.chats.length, news.length) / ROWS_AT_ONCE),
  );
  for (let piece = 0; piece < pieces; piece += 1) {
    const [from, to] = [piece * ROWS_AT_ONCE, (piece + 1) * ROWS_AT_ONCE];
    const some = {
      messages: wanted.slice(from, to),
      names: chunk.chats.slice(from, to),
      news: news.slice(from, to),
    };
    await patiently(() => store(deps, { deviceId, account, ...some }));
  }
}

function newest(chunk: HistoryChunk, since: Date): ReceivedMessage[] {
  return chunk
    .messages()
    .filter((each) => each.timestamp >= since && belongsInHistory(each) && !NO_MESSAGES.has(each.type))
    .sort((one, other) => other.timestamp.getTime() - one.timestamp.getTime());
}

/** In the device's turn, a piece at a time: what comes in now does not wait for all of it. */
function store(deps: SyncDeps, piece: Piece): Promise<void> {
  const { rules, repository, identities, turns, ids, clock } = deps;
  const { deviceId, account, messages, names, news } = piece;
  return turns.inTurn(deviceId, async () => {
    const { rule, guard } = await rules.decide(deviceId, account.number);
    if (rule !== 'history') return;
    const people = names.flatMap(({ jid }) => (isLid(jid) ? [jid] : []));
    const { numberBehind, statements } = await identities.read(deviceId, {
      lids: [...messages.flatMap(lidsIn), ...people],
      news: [...news, ...messages.flatMap(identitiesIn)],
      account,
    });
    const storedAt = clock.now();
    const lids = new Map<string, Jid>();
    const entries = messages.map((message) => {
      const id = ids.next();
      if (isLid(message.chat)) lids.set(id, message.chat);
      return toHistoryEntry(message, { id, deviceId, account, numberBehind, source: 'sync', storedAt });
    });
    const kept = await repository.keptAmong(
      deviceId,
      messages.map(({ waMessageId }) => waMessageId),
    );
    const known = new Set<string>(kept);
    const fresh = entries.filter(({ waMessageId }) => !known.has(waMessageId));
    const notes = chatNotes(fresh, ({ id }) => lids.get(id) ?? null);
    const called = names.map(({ jid, name }) => ({ chat: canonical(jid, { account, numberBehind }), name }));
    await repository.write(
      [
        ...statements,
        ...(fresh.length > 0 ? [repository.keepMissing(fresh)] : []),
        ...(notes.length > 0 ? [repository.chats(notes, 'guessed')] : []),
        ...called.map(({ chat, name }) => repository.nameChat(deviceId, { chat, name })),
      ],
      guard,
    );
  });
}
