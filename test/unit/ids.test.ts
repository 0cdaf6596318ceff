import { expect, it } from 'vitest';
import { createIds, firstIdAt, timeOfId } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

it('ids of one millisecond count up, also over the middle of the random part', () => {
  const clock = createManualClock();
  const random = { ...systemRandom, bytes: () => Buffer.from('7fffffffffffffffffff', 'hex') };
  const ids = createIds({ clock, random });
  const made = Array.from({ length: 3 }, () => ids.next());
  expect(made.map((id) => id.slice(10))).toEqual([
    '7ZZZZZZZZZZZZZZZ',
    '8000000000000000',
    '8000000000000001',
  ]);
  expect(made).toEqual(made.toSorted());
});

it('ids sort by time and tell it, and a clock that goes back does not show', () => {
  const clock = createManualClock();
  const ids = createIds({ clock, random: systemRandom });
  const first = ids.next();
  expect(first).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(timeOfId(first)).toEqual(clock.now());
  expect(firstIdAt(clock.now()) <= first).toBe(true);
  clock.advance(1);
  expect(ids.next() > first).toBe(true);
  expect(firstIdAt(clock.now()) > first).toBe(true);
});

it('random bytes come once, in any number', () => {
  const seen = new Set(Array.from({ length: 5_000 }, () => systemRandom.bytes(12).toString('hex')));
  expect(seen.size).toBe(5_000);
  for (const count of [0, 1, 64, 65, 5_000]) expect(systemRandom.bytes(count)).toHaveLength(count);
  const bytes = systemRandom.bytes(32);
  const copy = Buffer.from(bytes);
  for (let round = 0; round < 300; round += 1) systemRandom.bytes(32);
  expect(bytes).toEqual(copy);
});
