import type { Clock } from '../shared/clock.ts';

/** Whether this process has been too slow for a while. */
export interface LoopLag {
  isLasting(): boolean;
  /** The worst of the last minute, in whole ms. */
  worstMs(): number;
  stop(): void;
}

const LOOK_EVERY_MS = 500;
/** Late by more than this twice in a row: one long pause (a big module being loaded) is over by the time it is seen. */
const LATE_MS = 1_000;
/** A minute of looks. */
const LOOKS_KEPT = 120;

/**
 * Watches how late a timer is. The library's own measure says nothing when one turn of the loop takes longer than its
 * sample, which is when it matters most.
 */
export function watchLoopLag(clock: Pick<Clock, 'monotonic' | 'every'>): LoopLag {
  let lookedAt = clock.monotonic();
  let late: readonly number[] = [];
  const timer = clock.every(LOOK_EVERY_MS, () => {
    const now = clock.monotonic();
    late = [...late, now - lookedAt - LOOK_EVERY_MS].slice(-LOOKS_KEPT);
    lookedAt = now;
  });
  return {
    isLasting: () => late.length > 1 && late.slice(-2).every((ms) => ms > LATE_MS),
    worstMs: () => Math.round(Math.max(0, ...late)),
    stop: () => timer.cancel(),
  };
}
