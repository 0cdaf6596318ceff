import type { Clock, Timer } from '../shared/clock.ts';
import type { Unsubscribe } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';

/** The end of the log, read once for all readers of this process who wait there. */
export interface EventTail {
  /**
   * Some of the events after this one, the first of them first: at once when there are any, else when there will be. Empty
   * when the signal came first. Rejects with what Database throws, if it had to read for this reader alone.
   */
  next(seq: number, signal: AbortSignal): Promise<readonly LoggedEvent[]>;
  /** Resolves when everything that is committed now was handed to those who wait. */
  look(): Promise<void>;
  stop: Unsubscribe;
}

interface Waiter {
  readonly seq: number;
  answer(events: readonly LoggedEvent[]): void;
}

/** Events read at once. */
const PAGE = 250;
/** How late the events of other processes can be. */
const POLL_MS = 1_000;

export function createEventTail({
  eventLog,
  clock,
  log,
}: {
  readonly eventLog: Pick<EventLog, 'after' | 'onAnnounced'>;
  readonly clock: Clock;
  readonly log: Logger;
}): EventTail {
  const waiting = new Set<Waiter>();
  /** The last event that anybody here has come to: who is before it need not wait. */
  let newest = 0;
  let looking: Promise<void> | null = null;
  let isNewsMissed = false;
  let polling: Timer | null = null;

  const read = async (seq: number): Promise<LoggedEvent[]> => {
    // SQLite answers within the turn: a long replay would leave nobody else one.
    await new Promise(setImmediate);
    const events = await eventLog.after(seq, PAGE);
    newest = Math.max(newest, events.at(-1)?.seq ?? 0);
    return events;
  };

  const lookOnce = async (): Promise<void> => {
    isNewsMissed = false;
    try {
      const events = await read(Math.min(...[...waiting].map(({ seq }) => seq)));
      for (const waiter of waiting) answer(waiter, events);
      if (events.length === PAGE) isNewsMissed = true;
    } catch (error) {
      log.warn({ err: error }, 'the event log could not be read');
    }
  };

  const answer = (waiter: Waiter, events: readonly LoggedEvent[]) => {
    const unseen = events.filter(({ seq }) => seq > waiter.seq);
    if (unseen.length === 0) return;
    waiting.delete(waiter);
    waiter.answer(unseen);
  };

  const look = async (): Promise<void> => {
    isNewsMissed = true;
    if (looking === null && waiting.size === 0) return;
    looking ??= (async () => {
      while (isNewsMissed && waiting.size > 0) await lookOnce();
      looking = null;
    })();
    await looking;
  };

  /** Nothing is read while nobody waits. */
  const poll = () => {
    if (waiting.size > 0) void look();
    else {
      polling?.cancel();
      polling = null;
    }
  };

  const wait = (seq: number, signal: AbortSignal) =>
    new Promise<readonly LoggedEvent[]>((resolve) => {
      const leave = () => {
        waiting.delete(waiter);
        resolve([]);
      };
      const waiter: Waiter = {
        seq,
        answer(events) {
          signal.removeEventListener('abort', leave);
          resolve(events);
        },
      };
      signal.addEventListener('abort', leave);
      waiting.add(waiter);
      newest = Math.max(newest, seq);
      // Nobody has looked for a while: what others wrote meanwhile is not waited for.
      if (polling === null) isNewsMissed = true;
      polling ??= clock.every(POLL_MS, poll);
      if (isNewsMissed) void look();
    });

  const stopHearing = eventLog.onAnnounced(() => void look());
  return {
    async next(seq, signal) {
      if (signal.aborted) return [];
      const known = seq < newest ? await read(seq) : [];
      if (known.length > 0 || signal.aborted) return known;
      return wait(seq, signal);
    },
    look,
    stop() {
      stopHearing();
      polling?.cancel();
    },
  };
}
