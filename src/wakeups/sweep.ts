import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Topic, Wakeups } from './wakeups.ts';

/** Something that rows say is to be done; without `at` it is due now. */
export interface MissedRing {
  readonly topic: Topic;
  readonly id: string;
  readonly at?: Date;
}

export interface SweepDeps {
  readonly clock: Clock;
  readonly everyMs: number;
  /** Reads from the rows what should have a ring. Should give back a bounded number, the longest due first. */
  find(): Promise<readonly MissedRing[]>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly log: Logger;
}

export interface Sweep {
  /** Sweeps no more; resolves when the sweep under way has ended. */
  stop(): Promise<void>;
}

/** Rings at the same time; each takes a round trip or two. */
const RINGS_AT_ONCE = 50;

/**
 * Rings again for what rows say is due: at once, then every `everyMs`. A sweep that takes longer leaves out the next
 * ones; one that fails (database away) is logged once and tried again at its next time.
 */
export function startSweep({ clock, everyMs, find, wakeups, log }: SweepDeps): Sweep {
  let current: Promise<void> | null = null;
  let stopped = false;
  let failing = false;

  const ringAll = async (): Promise<void> => {
    const missed = await find();
    for (let from = 0; from < missed.length && !stopped; from += RINGS_AT_ONCE) {
      const some = missed.slice(from, from + RINGS_AT_ONCE);
      await Promise.all(some.map(({ topic, id, at }) => wakeups.ring(topic, id, at)));
    }
  };
  const sweep = async (): Promise<void> => {
    try {
      await ringAll();
      if (failing) log.info({}, 'the sweep works again');
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the sweep failed and is tried again');
      failing = true;
    }
  };
  const tick = () => {
    if (current !== null) return;
    current = sweep().finally(() => {
      current = null;
    });
  };

  const timer = clock.every(everyMs, tick);
  tick();
  return {
    async stop() {
      stopped = true;
      timer.cancel();
      await current;
    },
  };
}
