import type { Clock } from '../shared/clock.ts';

/** What was measured, or null: it failed, or takes longer than anybody should wait. */
export type Measured<Value> = Value | null;

interface Options<Value> {
  readonly clock: Clock;
  load(): Promise<Value>;
  onFailure(error: unknown): void;
}

/** The shortest time between two measurements, and the part of all time that measuring may take. */
const REST_MS = 5_000;
const SHARE = 1 / 20;
/** A reader gets what there is after this long; the measurement goes on and is there for the next one. */
const PATIENCE_MS = 2_000;

/**
 * Gives back what `load` measured lately, however often it is asked: one measurement at a time, then a rest of 5 seconds,
 * or of twenty times as long as it took. Nothing old is kept when a measurement failed.
 */
export function keptForAWhile<Value>({
  clock,
  load,
  onFailure,
}: Options<Value>): () => Promise<Measured<Value>> {
  let known: Measured<Value> = null;
  let running: Promise<void> | null = null;
  let restUntil = 0;

  const measure = async (): Promise<void> => {
    const startedAt = clock.monotonic();
    try {
      known = await load();
    } catch (error) {
      known = null;
      onFailure(error);
    }
    const endedAt = clock.monotonic();
    restUntil = endedAt + Math.max(REST_MS, (endedAt - startedAt) / SHARE);
    running = null;
  };

  return async () => {
    if (running === null && clock.monotonic() >= restUntil) running = measure();
    if (running !== null) await patiently(clock, running);
    return known;
  };
}

function patiently(clock: Clock, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(PATIENCE_MS, resolve);
    void work.then(() => {
      timer.cancel();
      resolve();
    });
  });
}
