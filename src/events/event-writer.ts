import { DuplicateKeyError } from '../database/database-error.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { NewEvent } from './event-log.ts';
import type { EventLogRepository } from './event-log-repository.ts';

/** Writes events that have no transaction of their own, in groups and in the order in which they came. */
export interface EventWriter {
  /** Will be written soon, unless the database stays away until too many wait. */
  add(event: NewEvent): void;
  /** Resolves when all of them are written, together; rejects when they were given up. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Resolves when what was added until now is written or given up. */
  settled(): Promise<void>;
  /** Writes at once what waits; what is not written within `patienceMs`, and what comes later, is lost. */
  stop(patienceMs: number): Promise<void>;
}

interface WriterDeps {
  readonly repository: Pick<EventLogRepository, 'add'>;
  /** Called after each commit. */
  readonly onWritten: () => void;
  /** Called once for each event that must wait because the database is away. */
  readonly onDelayed: (event: NewEvent) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is written together or not at all. */
interface Entry {
  readonly events: readonly NewEvent[];
  /** Its row tells the same: whoever missed the event can still ask for the message. */
  readonly isExpendable: boolean;
  settle(error?: unknown): void;
}

/** How long the first event of a group waits for others. In ms. */
const GROUP_MS = 25;
/** Events of one transaction. */
const GROUP_SIZE = 200;
/** Beyond so many waiting events the oldest go, a tenth at a time. */
const MOST_WAITING = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export function createEventWriter(deps: WriterDeps): EventWriter {
  const { repository, onWritten, onDelayed, clock, log } = deps;
  let queue: Entry[] = [];
  let waiting = 0;
  let working: Promise<void> | null = null;
  let isStopping = false;
  let isOver = false;
  let isAway = false;
  let wake = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = clock.after(ms, resolve);
      wake = () => {
        timer.cancel();
        resolve();
      };
    });

  const enqueue = (entry: Entry) => {
    if (isOver) return entry.settle(new AppError('DATABASE_UNAVAILABLE'));
    queue.push(entry);
    waiting += entry.events.length;
    if (isAway) entry.events.forEach(onDelayed);
    if (waiting > MOST_WAITING) shed();
    if (waiting >= GROUP_SIZE) wake();
    working ??= work();
  };

  /** Message statuses first; anything else only where nothing but that is left. */
  const shed = () => {
    let surplus = MOST_WAITING / 10;
    const dropped = new Set<Entry>();
    const drop = (entry: Entry) => {
      if (surplus <= 0 || dropped.has(entry)) return;
      dropped.add(entry);
      surplus -= entry.events.length;
    };
    for (const entry of queue) if (entry.isExpendable) drop(entry);
    if (dropped.size === 0) for (const entry of queue) drop(entry);
    queue = queue.filter((entry) => !dropped.has(entry));
    const lost = countOf([...dropped]);
    waiting -= lost;
    for (const entry of dropped) entry.settle(new AppError('DATABASE_UNAVAILABLE'));
    log.warn({ lost, waiting }, 'too many events wait for the database: the oldest are not kept');
  };

  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      if (waiting > 0 && waiting < GROUP_SIZE && !isStopping) await pause(GROUP_MS);
      const group = nextGroup();
      waiting -= countOf(group);
      await write(group);
    }
    working = null;
  };

  const nextGroup = (): readonly Entry[] => {
    let count = 0;
    const end = queue.findIndex(({ events }, index) => {
      count += events.length;
      return count > GROUP_SIZE && index > 0;
    });
    return queue.splice(0, end === -1 ? queue.length : end);
  };

  const write = async (group: readonly Entry[]): Promise<void> => {
    try {
      await persist(group.flatMap(({ events }) => events));
      for (const entry of group) entry.settle();
      onWritten();
    } catch (error) {
      // One that can never be written must not take the others with it.
      if (group.length > 1 && !isOver) for (const entry of group) await write([entry]);
      else for (const entry of group) giveUp(entry, error);
    }
  };

  const giveUp = (entry: Entry, error: unknown) => {
    log.error({ err: error, lost: entry.events.length }, 'events could not be kept');
    entry.settle(error);
  };

  /** Tries for as long as the database is away. */
  const persist = async (events: readonly NewEvent[]): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS, isFirst = true; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await repository.add(events);
        isAway = false;
        return;
      } catch (error) {
        // The commit may have happened although its answer was lost.
        if (!isFirst && error instanceof DuplicateKeyError) return;
        if (isOver || !(error instanceof AppError && error.retryable)) throw error;
      }
      if (isFirst) noteAway(events);
      isFirst = false;
      await pause(pauseMs);
    }
  };

  /** These wait now, and what came behind them. */
  const noteAway = (events: readonly NewEvent[]) => {
    if (!isAway) for (const event of [...events, ...queue.flatMap((entry) => entry.events)]) onDelayed(event);
    isAway = true;
  };

  const settled = async () => {
    if (working === null) return;
    await new Promise<void>((settle) => enqueue({ events: [], isExpendable: false, settle: () => settle() }));
  };

  return {
    add(event) {
      enqueue({ events: [event], isExpendable: event.type === 'message_status', settle: () => {} });
    },
    append: (events) =>
      new Promise((resolve, reject) => {
        const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        enqueue({ events, isExpendable: false, settle });
      }),
    settled,
    async stop(patienceMs) {
      isStopping = true;
      wake();
      await Promise.race([working, new Promise<void>((resolve) => clock.after(patienceMs, resolve))]);
      isOver = true;
      wake();
      const left = queue;
      queue = [];
      if (left.length > 0) log.error({ lost: countOf(left) }, 'events could not be kept before the end');
      for (const entry of left) entry.settle(new AppError('DATABASE_UNAVAILABLE'));
    },
  };
}

function countOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { events }) => sum + events.length, 0);
}
