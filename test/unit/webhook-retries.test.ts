import { describe, expect, it } from 'vitest';
import { ATTEMPTS, readRetryAfter, waitAfter } from '../../src/webhooks/retry-schedule.ts';

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const sure = { next: () => 0 };
const unlucky = { next: () => 1 };
const silent = (number: number) => ({ number, answered: false, retryAfterMs: null });

describe('the wait after a failed attempt', () => {
  it('is of seconds first, then of hours, and ends after a good day', () => {
    const waits = Array.from({ length: ATTEMPTS }, (_, index) => waitAfter(silent(index + 1), sure));
    expect(waits).toEqual([
      SECOND,
      5 * SECOND,
      30 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      10 * HOUR,
      null,
    ]);
  });

  it('is up to a fifth longer, never shorter', () => {
    expect(waitAfter(silent(4), unlucky)).toBe(6 * MINUTE);
    expect(waitAfter(silent(4), sure)).toBe(5 * MINUTE);
  });

  it('is five seconds at least for a receiver that answers', () => {
    expect(waitAfter({ ...silent(1), answered: true }, sure)).toBe(5 * SECOND);
  });

  it('is what the receiver asks for when that is longer, up to ten hours', () => {
    const asked = (retryAfterMs: number) => waitAfter({ number: 1, answered: true, retryAfterMs }, sure);
    expect(asked(90 * SECOND)).toBe(90 * SECOND);
    expect(asked(SECOND)).toBe(5 * SECOND);
    expect(asked(365 * 24 * HOUR)).toBe(10 * HOUR);
  });

  it('begins anew after a redelivery of what was given up', () => {
    expect(waitAfter(silent(ATTEMPTS + 1), sure)).toBe(SECOND);
    expect(waitAfter(silent(2 * ATTEMPTS), sure)).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-20T08:00:00Z');

  it.each([
    ['120', 120 * SECOND],
    ['Fri, 20 Nov 2026 08:01:00 GMT', MINUTE],
    ['Fri, 20 Nov 2026 07:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    ['1e9', null],
    ['', null],
    [undefined, null],
  ])('%j asks for %j ms', (header, expected) => {
    expect(readRetryAfter(header, now)).toBe(expected);
  });
});
