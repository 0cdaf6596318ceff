import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';

/** Repeats what fails because the database is away, for minutes, until somebody is in a hurry. */
export interface Patience {
  /** Rejects with what `work` threw last. */
  patiently<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Until it resolves everything is tried once more at most, and at once. */
  hurry(until: () => Promise<unknown>): Promise<void>;
}

const TRY_AGAIN_MS = 5_000;

export function createPatience({ clock, giveUpAfterMs }: { clock: Clock; giveUpAfterMs: number }): Patience {
  const pauses = new Set<() => void>();
  let hurries = 0;
  const pause = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(TRY_AGAIN_MS, resolve);
    pauses.add(resolve);
    await promise;
    pauses.delete(resolve);
    timer.cancel();
  };
  return {
    async patiently(work) {
      const deadline = clock.monotonic() + giveUpAfterMs;
      for (;;) {
        try {
          return await work();
        } catch (error) {
          const isPassing = error instanceof AppError && error.retryable;
          if (!isPassing || hurries > 0 || clock.monotonic() >= deadline) throw error;
        }
        await pause();
      }
    },
    async hurry(until) {
      hurries += 1;
      for (const end of pauses) end();
      try {
        await until();
      } finally {
        hurries -= 1;
      }
    },
  };
}
