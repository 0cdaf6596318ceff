import type { Clock } from '../shared/clock.ts';

/** Waits for `work`, but no longer than `ms`; whatever comes later, also an error, is nobody's any more. */
export function within<Result>(clock: Clock, ms: number, work: Promise<Result>): Promise<Result | 'late'> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve('late'));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
