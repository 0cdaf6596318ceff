import type { StorageRules } from '../allowed-numbers/storage-rules.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { OutboxEvent } from '../outbox/outbox-events.ts';
import type { Clock, Timer } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { ReceiptKind } from '../whatsapp/socket.ts';
import type { DeviceTurns } from './device-turns.ts';
import type { HistoryRepository } from './history-repository.ts';
import type { IdentityBook } from './identity-book.ts';
import { statementsForOwn } from './own-message-entry.ts';
import type {
  KeptDevice,
  OwnMessage,
  OwnMessageName,
  OwnMessageRepository,
} from './own-message-repository.ts';

export interface OwnRecorderDeps {
  readonly outboxEvents: Pick<EventBus<OutboxEvent>, 'subscribe'>;
  readonly deviceEvents: Pick<EventBus<DeviceEvent>, 'subscribe'>;
  readonly own: OwnMessageRepository;
  readonly repository: HistoryRepository;
  readonly identities: IdentityBook;
  readonly rules: StorageRules;
  readonly turns: DeviceTurns;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps what this server sends, and how far it got. */
export interface OwnMessageRecorder {
  /** Resolves when everything heard so far was tried. */
  drain(): Promise<void>;
  /** Looks for what was not kept because a process died: at once, and again every minute. */
  startCatchUp(): CatchUp;
}

interface CatchUp {
  /** Resolves when everything was looked at once. */
  readonly firstRound: Promise<void>;
  /** Begins nothing more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

/** How long news waits for more, and how much of it goes together. */
const GATHER_MS = 200;
const AT_ONCE = 200;
/** Beyond it the minute's look finds the rest. */
const MOST_WAITING = 5_000;
const CATCH_UP_EVERY_MS = 60_000;
/** How far a start and a minute look back, by the time sending was begun. */
const START_WINDOW_MS = 3 * 24 * 60 * 60_000;
const WINDOW_MS = 15 * 60_000;
const PROVEN: ReadonlySet<string> = new Set(['server_ack', 'delivered', 'read', 'played']);

interface ReceiptNews extends OwnMessageName {
  readonly status: ReceiptKind;
}

/** Never in the way of a send: it listens, gathers and writes behind. What it misses is found in the rows of the outbox. */
export function startOwnMessageRecorder(deps: OwnRecorderDeps): OwnMessageRecorder {
  const { own, clock, log } = deps;
  let sent = new Map<string, OwnMessageName>();
  let receipts = new Map<string, ReceiptNews>();
  let timer: Timer | null = null;
  let writing = Promise.resolve();

  const arm = () => {
    timer ??= clock.after(GATHER_MS, flush);
  };
  const flush = () => {
    timer?.cancel();
    timer = null;
    const [names, news] = [[...sent.values()], [...receipts.values()]];
    [sent, receipts] = [new Map(), new Map()];
    writing = writing
      .then(() => write(names, news))
      .catch((error: unknown) => log.warn({ err: error }, 'history of sent messages not stored yet'));
  };
  const write = async (names: readonly OwnMessageName[], news: readonly ReceiptNews[]) => {
    for (let from = 0; from < names.length; from += AT_ONCE) {
      await keepOwn(deps, await own.find(names.slice(from, from + AT_ONCE)));
    }
    await advance(deps, news);
  };

  deps.outboxEvents.subscribe(({ deviceId, waMessageId, status }) => {
    if (!PROVEN.has(status) || sent.size >= MOST_WAITING) return;
    sent.set(`${deviceId} ${waMessageId}`, { deviceId, waMessageId });
    arm();
  });
  // What the owner writes on the phone is not in the outbox, and gets receipts all the same.
  deps.deviceEvents.subscribe((event) => {
    if (event.type !== 'receipt' || receipts.size >= MOST_WAITING) return;
    const { deviceId, kind: status } = event;
    for (const waMessageId of event.waMessageIds) {
      receipts.set(`${deviceId} ${waMessageId} ${status}`, { deviceId, waMessageId, status });
    }
    arm();
  });

  return {
    async drain() {
      flush();
      await writing;
    },
    startCatchUp: () => startCatchUp(deps),
  };
}

function startCatchUp(deps: OwnRecorderDeps): CatchUp {
  const { own, clock, log } = deps;
  let stopped = false;
  const lookAt = async (device: KeptDevice, since: Date): Promise<void> => {
    for (let after = ''; !stopped; ) {
      const found = await own.missing(device, { since, after, limit: AT_ONCE });
      await keepOwn(deps, found);
      after = found.at(-1)?.message.id ?? '';
      if (found.length < AT_ONCE) return;
    }
  };
  const look = async (windowMs: number): Promise<void> => {
    const since = new Date(clock.now().getTime() - windowMs);
    for (let last: DeviceId | null = null; !stopped; ) {
      const devices: KeptDevice[] = await own.keptDevices(last, AT_ONCE);
      for (const device of devices) await lookAt(device, since);
      last = devices.at(-1)?.deviceId ?? null;
      if (devices.length < AT_ONCE) return;
    }
  };
  const lookSafely = (windowMs: number) =>
    look(windowMs).catch((error: unknown) =>
      log.warn({ err: error }, 'history of sent messages not completed'),
    );
  const firstRound = lookSafely(START_WINDOW_MS);
  let round = firstRound;
  const timer = clock.every(CATCH_UP_EVERY_MS, () => {
    round = round.then(() => (stopped ? undefined : lookSafely(WINDOW_MS)));
  });
  return {
    firstRound,
    async stop() {
      stopped = true;
      timer.cancel();
      await round;
    },
  };
}

/** One transaction for each device. */
async function keepOwn(deps: OwnRecorderDeps, messages: readonly OwnMessage[]): Promise<void> {
  const { turns, rules, repository, identities, clock } = deps;
  for (const [deviceId, some] of Map.groupBy(messages, ({ message }) => message.deviceId)) {
    await turns.inTurn(deviceId, async () => {
      const account = some[0]?.account;
      if (!account) return;
      const { rule, guard } = await rules.decide(deviceId, account.number);
      if (rule !== 'history') return;
      const context = { repository, identities, account, at: clock.now() };
      await repository.write(await statementsForOwn(deviceId, { messages: some, ...context }), guard);
    });
  }
}

async function advance({ own, repository }: OwnRecorderDeps, news: readonly ReceiptNews[]): Promise<void> {
  const kept = new Set(await own.keptAmong([...new Set(news.map(({ deviceId }) => deviceId))]));
  const wanted = news.filter(({ deviceId }) => kept.has(deviceId));
  const groups = Map.groupBy(wanted, ({ deviceId, status }) => `${deviceId} ${status}`);
  const statements = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const ids: WaMessageId[] = group.map(({ waMessageId }) => waMessageId);
    const deviceId: DeviceId = first.deviceId;
    return chunks(ids).map((some) => own.advance(deviceId, { ids: some, status: first.status }));
  });
  await repository.write(statements);
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) parts.push(items.slice(from, from + AT_ONCE));
  return parts;
}
