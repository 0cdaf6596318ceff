import type { Clock } from '../shared/clock.ts';
import { EgressError } from './egress-error.ts';

/** The end of one request: its own time is up, or the caller gave up. */
export interface Deadline {
  /** Aborted with an EgressError timeout or aborted. */
  readonly signal: AbortSignal;
  /** What `work` does, unless the deadline comes first. */
  race<T>(work: Promise<T>): Promise<T>;
  /** Stops the timer; the request is over. */
  end(): void;
}

/** `givenUp` is the caller's own signal, if it has one. */
export function createDeadline(options: {
  clock: Clock;
  totalMs: number;
  givenUp: AbortSignal | undefined;
}): Deadline {
  const { clock, totalMs, givenUp } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const timer = clock.after(totalMs, () => controller.abort(new EgressError('timeout')));
  const giveUp = () => controller.abort(new EgressError('aborted', { cause: givenUp?.reason }));
  givenUp?.addEventListener('abort', giveUp);
  if (givenUp?.aborted) giveUp();

  return {
    signal,
    race: (work) =>
      new Promise((resolve, reject) => {
        const stop = () => reject(signal.reason);
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop);
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
      }),
    end() {
      timer.cancel();
      givenUp?.removeEventListener('abort', giveUp);
    },
  };
}
