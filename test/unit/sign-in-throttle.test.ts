import { expect, it } from 'vitest';
import { createSignInThrottle } from '../../src/access/sign-in-throttle.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

/** More names than there are counters. */
const MANY_NAMES = 25_000;

it('an address that was turned away stays so, however many names it tries', () => {
  const throttle = createSignInThrottle({ clock: createManualClock(new Date()) });
  const isTaken = (account: string) => {
    try {
      throttle.take({ account, address: '192.0.2.1' });
      return true;
    } catch {
      return false;
    }
  };
  const names = Array.from({ length: MANY_NAMES }, (_, index) => `name-${index}`);
  expect(names.filter(isTaken)).toHaveLength(50);
  expect(isTaken('ana@example.com')).toBe(false);
});

it('an account is closed for an address that guesses, and open for others', () => {
  const throttle = createSignInThrottle({ clock: createManualClock(new Date()) });
  const take = (address: string) => () => throttle.take({ account: 'ana@example.com', address });
  for (let times = 0; times < 10; times += 1) take('192.0.2.1')();
  expect(take('192.0.2.1')).toThrow('Too many');
  expect(take('192.0.2.2')).not.toThrow();
});
