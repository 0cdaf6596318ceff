import type { Clock } from '../shared/clock.ts';

/** Whether this process has been too slow for a while. */
export interface LoopLag {
  isLasting(): boolean;
  stop(): void;
}

const LOOK_EVERY_MS = 500;
/** Late by more than this twice in a row: one long pause (a big module being loaded) is over by the time it is seen. */
const LATE_MS = 1_000;

/**
 * Watches how late a timer is. The library's own measure says nothing when one turn of the loop takes longer than its
 * sample, which is when it matters most.
 */
export function watchLoopLag(clock: Clock): LoopLag {
  let lookedAt = clock.monotonic();
  let late = [false, false];
  const timer = clock.every(LOOK_EVERY_MS, () => {
    const now = clock.monotonic();
    late = [late[1] ?? false, now - lookedAt - LOOK_EVERY_MS > LATE_MS];
    lookedAt = now;
  });
  return { isLasting: () => late.every(Boolean), stop: () => timer.cancel() };
}
