import { MessageChannel } from 'node:worker_threads';
import type { Clock } from '../shared/clock.ts';

interface RetryOptions {
  readonly clock: Clock;
  readonly isTransient: (error: unknown) => boolean;
  /** Milliseconds after which the last error is passed on. */
  readonly giveUpAfterMs: number;
}

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

/** Repeats `work` while it fails with a passing error, without blocking the event loop in between. */
export async function retryTransient<Result>(
  work: () => Result | Promise<Result>,
  { clock, isTransient, giveUpAfterMs }: RetryOptions,
): Promise<Result> {
  const deadline = clock.monotonic() + giveUpAfterMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || clock.monotonic() >= deadline) throw error;
    }
    await pause(clock, pauseMs);
  }
}

/** A timer of the clock does not keep the process alive; a command waiting for a lock must not end half-way. */
async function pause(clock: Clock, delayMs: number): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  port1.ref();
  await new Promise<void>((resolve) => clock.after(delayMs, resolve));
  port2.close();
}
