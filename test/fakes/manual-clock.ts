import type { Clock } from '../../src/shared/clock.ts';

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Moves both times on by `ms` and runs the timers that come due, in order. */
  advance(ms: number): void;
}

interface Due {
  at: number;
  readonly run: () => void;
  readonly periodMs: number | null;
}

/** `startAt`: the wall time it begins with. */
export function createManualClock(startAt = new Date('2026-01-01T00:00:00Z')): ManualClock {
  let elapsed = 0;
  const timers = new Set<Due>();
  const schedule = (timer: Due) => {
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  const nextDue = (until: number): Due | undefined =>
    [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];

  return {
    now: () => new Date(startAt.getTime() + elapsed),
    monotonic: () => elapsed,
    after: (delayMs, run) => schedule({ at: elapsed + Math.max(0, delayMs), run, periodMs: null }),
    every: (periodMs, run) => schedule({ at: elapsed + periodMs, run, periodMs }),
    advance(ms) {
      const until = elapsed + ms;
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        elapsed = timer.at;
        if (timer.periodMs === null) timers.delete(timer);
        else timer.at += timer.periodMs;
        timer.run();
      }
      elapsed = until;
    },
  };
}
