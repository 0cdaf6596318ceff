import { expect, it } from 'vitest';
import { keptForAWhile } from '../../src/metrics/kept-for-a-while.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

function prepare() {
  const clock = createManualClock();
  const failures: unknown[] = [];
  const measurements: PromiseWithResolvers<number>[] = [];
  const read = keptForAWhile({
    clock,
    load() {
      const measurement = Promise.withResolvers<number>();
      measurements.push(measurement);
      return measurement.promise;
    },
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, measurements, read };
}

it('measures once for many readers, then rests for five seconds', async () => {
  const { clock, measurements, read } = prepare();
  const readers = [read(), read(), read()];
  expect(measurements).toHaveLength(1);
  measurements[0]?.resolve(7);
  expect(await Promise.all(readers)).toEqual([7, 7, 7]);
  clock.advance(4_999);
  expect(await read()).toBe(7);
  expect(measurements).toHaveLength(1);
  clock.advance(1);
  const later = read();
  measurements[1]?.resolve(8);
  expect(await later).toBe(8);
});

it('rests twenty times as long as a slow measurement took', async () => {
  const { clock, measurements, read } = prepare();
  const first = read();
  clock.advance(1_000);
  measurements[0]?.resolve(1);
  await first;
  clock.advance(19_999);
  await read();
  expect(measurements).toHaveLength(1);
  clock.advance(1);
  void read();
  expect(measurements).toHaveLength(2);
});

it('lets nobody wait for more than two seconds, and has the answer for the next one', async () => {
  const { clock, measurements, read } = prepare();
  const impatient = read();
  clock.advance(2_000);
  expect(await impatient).toBeNull();
  measurements[0]?.resolve(5);
  expect(await read()).toBe(5);
  expect(measurements).toHaveLength(1);
});

it('shows nothing rather than something old when a measurement failed', async () => {
  const { clock, measurements, failures, read } = prepare();
  const first = read();
  measurements[0]?.resolve(1);
  await first;
  clock.advance(5_000);
  const second = read();
  const gone = new Error('the database is away');
  measurements[1]?.reject(gone);
  expect(await second).toBeNull();
  expect(failures).toEqual([gone]);
});
