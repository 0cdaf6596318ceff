import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type MissedRing, type Sweep, startSweep } from '../wakeups/sweep.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { AlertRepository } from './alert-repository.ts';

interface LookoutDeps {
  readonly alerts: Pick<AlertRepository, 'due' | 'purge'>;
  /** Looks for replies that acknowledge. */
  readonly readReplies: () => Promise<void>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Also how late a reply can be heard of, and an escalation for which the ring was lost. */
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 100;
const PURGE_EVERY_MS = 60 * 60_000;
const KEPT_MS = 90 * 24 * 60 * 60_000;

/**
 * Hears replies, rings for what is due and forgets what is old. Replies come first: who acknowledged while the server was down
 * did so in time.
 */
export function startAlertLookout({ alerts, readReplies, wakeups, clock, log }: LookoutDeps): Sweep {
  const looking = startSweep({
    clock,
    everyMs: LOOK_EVERY_MS,
    wakeups,
    log,
    async find() {
      await readReplies();
      return (await alerts.due(AT_ONCE)).map((id): MissedRing => ({ topic: 'alert', id }));
    },
  });
  const purging = startSweep({
    clock,
    everyMs: PURGE_EVERY_MS,
    wakeups,
    log,
    async find() {
      await alerts.purge(new Date(clock.now().getTime() - KEPT_MS));
      return [];
    },
  });
  return {
    async stop() {
      await Promise.all([looking.stop(), purging.stop()]);
    },
  };
}
