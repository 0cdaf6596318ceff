import type { Clock, Timer } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { type Sweep, startSweep } from '../wakeups/sweep.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { ScheduleRepository } from './schedule-repository.ts';

interface LookoutDeps {
  readonly schedules: Pick<ScheduleRepository, 'dueWithin'>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Also how late a message can be for which the ring was lost. */
const LOOK_EVERY_MS = 2_000;
/** Twice the period, so that one look that fails or is late makes nothing late. */
const LOOK_AHEAD_MS = 2 * LOOK_EVERY_MS;
/** More wait for the next look. */
const MOST_AT_ONCE = 10_000;

/**
 * Asks the database at the start and every two seconds what is due by its clock, and rings for that in time, also for what
 * nobody rang for: rings are lost with a process, and a wall clock that jumps makes them come at the wrong time. In
 * between only time that never jumps is measured.
 */
export function startScheduleLookout({ schedules, wakeups, clock, log }: LookoutDeps): Sweep {
  let timers: Timer[] = [];
  const disarm = () => {
    for (const timer of timers) timer.cancel();
    timers = [];
  };

  const sweep = startSweep({
    clock,
    everyMs: LOOK_EVERY_MS,
    wakeups,
    log,
    async find() {
      const due = await schedules.dueWithin(LOOK_AHEAD_MS, MOST_AT_ONCE);
      disarm();
      timers = due
        .filter(({ inMs }) => inMs > 0)
        .map(({ id, inMs }) => clock.after(inMs, () => void wakeups.ring('schedule', id)));
      return due.filter(({ inMs }) => inMs <= 0).map(({ id }) => ({ topic: 'schedule', id }));
    },
  });
  return {
    async stop() {
      await sweep.stop();
      disarm();
    },
  };
}
