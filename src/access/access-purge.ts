import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { AuditRepository } from './audit-repository.ts';
import type { UserSessionRepository } from './user-session-repository.ts';

interface PurgeDeps {
  readonly entries: Pick<AuditRepository, 'removeBefore'>;
  readonly sessions: Pick<UserSessionRepository, 'purge'>;
  /** How long the audit log is kept. */
  readonly days: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AccessPurge {
  /** Removes no more; resolves when the removal under way has ended. */
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const PURGE_EVERY_MS = 10 * 60_000;
/** Rows of one statement. */
const BATCH = 500;

/** Removes old audit entries and sessions that ended by time, from time to time and in small steps. */
export function startAccessPurge({ entries, sessions, days, clock, log }: PurgeDeps): AccessPurge {
  let isStopped = false;
  let purging: Promise<void> = Promise.resolve();
  const untilNone = async (remove: () => Promise<number>) => {
    while (!isStopped && (await remove()) > 0) await new Promise(setImmediate);
  };
  const purge = async () => {
    try {
      await untilNone(() => entries.removeBefore(new Date(clock.now().getTime() - days * DAY_MS), BATCH));
      await untilNone(() => sessions.purge(clock.now(), BATCH));
    } catch (error) {
      log.warn({ err: error }, 'old audit entries and sessions were not removed');
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
