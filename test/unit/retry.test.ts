import { describe, expect, it } from 'vitest';
import { retryTransient } from '../../src/database/retry.ts';
import type { Clock } from '../../src/shared/clock.ts';

/** Time passes by the pauses alone. */
function clockOfPauses(): Clock & { pauses: number[] } {
  const pauses: number[] = [];
  const monotonic = () => pauses.reduce((sum, pause) => sum + pause, 0);
  return {
    pauses,
    monotonic,
    now: () => new Date(monotonic()),
    after(delayMs, run) {
      pauses.push(delayMs);
      setImmediate(run);
      return { cancel() {} };
    },
    every: () => ({ cancel() {} }),
  };
}

const busy = new Error('busy');
const isTransient = (error: unknown) => error === busy;

describe('retrying', () => {
  it('asks again with longer pauses until it succeeds', async () => {
    const clock = clockOfPauses();
    let calls = 0;
    const work = () => {
      calls += 1;
      if (calls < 9) throw busy;
      return 'done';
    };
    expect(await retryTransient(work, { clock, isTransient, giveUpAfterMs: 1_000 })).toBe('done');
    expect(clock.pauses).toEqual([1, 2, 4, 8, 16, 32, 50, 50]);
  });

  it('gives up at its deadline with the last error', async () => {
    const clock = clockOfPauses();
    const work = () => Promise.reject(busy);
    await expect(retryTransient(work, { clock, isTransient, giveUpAfterMs: 100 })).rejects.toBe(busy);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(100);
    expect(clock.monotonic()).toBeLessThanOrEqual(150);
  });

  it('passes any other error on at once', async () => {
    const clock = clockOfPauses();
    const other = new Error('other');
    await expect(
      retryTransient(() => Promise.reject(other), { clock, isTransient, giveUpAfterMs: 100 }),
    ).rejects.toBe(other);
    expect(clock.pauses).toEqual([]);
  });
});
