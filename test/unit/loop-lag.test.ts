import { expect, it } from 'vitest';
import { watchLoopLag } from '../../src/http/loop-lag.ts';
import type { Clock } from '../../src/shared/clock.ts';

/** Looks come as late as the test says. */
function prepare() {
  let time = 0;
  let look = () => {};
  const clock: Pick<Clock, 'monotonic' | 'every'> = {
    monotonic: () => time,
    every: (_periodMs, run) => {
      look = run;
      return { cancel() {} };
    },
  };
  const lag = watchLoopLag(clock);
  const late = (...all: number[]) => {
    for (const ms of all) {
      time += 500 + ms;
      look();
    }
  };
  return { lag, late };
}

it('lateness lasts when two looks in a row come more than a second late', () => {
  const { lag, late } = prepare();
  expect(lag.isLasting()).toBe(false);
  late(1_500);
  expect(lag.isLasting()).toBe(false);
  late(0, 1_500, 1_500);
  expect(lag.isLasting()).toBe(true);
  late(0);
  expect(lag.isLasting()).toBe(false);
});

it('the worst of the last minute is told, and forgotten after it', () => {
  const { lag, late } = prepare();
  expect(lag.worstMs()).toBe(0);
  late(3, 740.4, 12);
  expect(lag.worstMs()).toBe(740);
  late(...Array.from({ length: 119 }, () => 1));
  expect(lag.worstMs()).toBe(12);
});
