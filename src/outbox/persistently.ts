import type { Clock } from '../shared/clock.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

interface Persistence {
  readonly clock: Clock;
  /** Asked before each try; once it says no, the work is left undone. */
  isWanted(): boolean;
  /** Told of the first failure only. */
  onFailure(error: unknown): void;
}

/** Repeats what must be stored until it is, with growing pauses. Never rejects; `work` must bear being repeated. */
export async function persistently(work: () => Promise<void>, options: Persistence): Promise<void> {
  const { clock, isWanted, onFailure } = options;
  let pauseMs = FIRST_PAUSE_MS;
  while (isWanted()) {
    try {
      await work();
      return;
    } catch (error) {
      if (pauseMs === FIRST_PAUSE_MS) onFailure(error);
    }
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
