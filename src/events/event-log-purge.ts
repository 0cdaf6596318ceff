import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { EventLogRepository } from './event-log-repository.ts';

interface PurgeDeps {
  readonly events: Pick<EventLogRepository, 'removeOldest'>;
  /** How long events are kept. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface EventLogPurge {
  /** Removes no more; resolves when the removal under way has ended. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const PURGE_EVERY_MS = 10 * 60_000;
/** Rows of one statement, so that writers of events never wait long. */
const BATCH = 1_000;
/** So long events are kept for a webhook or a chatbot that has not come to them yet. */
const PATIENCE_DAYS = 30;

/** Removes what is older than it must be, from time to time and in small steps. */
export function startEventLogPurge({ events, days, clock, log }: PurgeDeps): EventLogPurge {
  let isStopped = false;
  let purging: Promise<void> = Promise.resolve();
  const purge = async () => {
    const ago = (count: number) => new Date(clock.now().getTime() - count * DAY_MS);
    const limits = { before: ago(days), evenUnreadBefore: ago(Math.max(days, PATIENCE_DAYS)), batch: BATCH };
    try {
      while (!isStopped && (await events.removeOldest(limits)) > 0) await new Promise(setImmediate);
    } catch (error) {
      log.warn({ err: error }, 'old events were not removed');
    }
  };
  const timer = clock.every(PURGE_EVERY_MS, () => {
    purging = purging.then(purge);
  });
  return {
    async stop() {
      isStopped = true;
      timer.cancel();
      await purging;
    },
  };
}
