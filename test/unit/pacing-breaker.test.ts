import { describe, expect, it } from 'vitest';
import { type BreakerSettings, DEFAULT_PACING } from '../../src/devices/pacing-settings.ts';
import { afterOutcome, type Breaker, breakerGate, CLOSED_BREAKER } from '../../src/outbox/breaker.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const start = new Date('2026-01-01T00:00:00Z');
const minutes = (count: number) => new Date(start.getTime() + count * 60_000);
const settings: BreakerSettings = DEFAULT_PACING.breaker ?? {
  window: 10,
  minOutcomes: 5,
  minDeliveredShare: 0.4,
  cooldownMinutes: 30,
  undeliveredAfterMinutes: 60,
};

/** `+` delivered, `-` not; each sent and known at `now`. */
function run(outcomes: string, now = start, from: Breaker = CLOSED_BREAKER): Breaker {
  return [...outcomes].reduce(
    (breaker, sign) => afterOutcome(breaker, { delivered: sign === '+', sentAt: now }, { settings, now }),
    from,
  );
}
const gate = (breaker: Breaker, now: Date, awaited: Date[] = []) => breakerGate(breaker, { now, awaited });

describe('the breaker', () => {
  it.each([
    ['----', 'closed'],
    ['-----', 'open'],
    ['+---', 'closed'],
    ['+----', 'open'],
    // 40 % is enough.
    ['++---', 'closed'],
    ['-+-+-', 'closed'],
    ['++++++----', 'closed'],
    // The last ten count: six failures of ten are bearable, seven are not.
    ['++++++------', 'closed'],
    ['+++++++-------', 'open'],
    ['++++++++++', 'closed'],
  ])('after %s is %s', (outcomes, expected) => {
    expect(gate(run(outcomes), start)).toBe(expected);
  });

  it('lets nobody new through for half an hour, then one, and waits for its outcome', () => {
    const open = run('-----');
    expect(open.openUntil).toEqual(minutes(30));
    expect(gate(open, minutes(29))).toBe('open');
    expect(gate(open, minutes(30))).toBe('probe');
    expect(gate(open, minutes(30), [minutes(5)])).toBe('probe');
    expect(gate(open, minutes(31), [minutes(30)])).toBe('probing');
  });

  it('closes when the one was delivered and forgets what was, opens again when it was not', () => {
    const open = run('-----');
    const at = minutes(31);
    expect(run('+', at, open)).toEqual(CLOSED_BREAKER);
    const again = run('-', at, open);
    expect(again.openUntil).toEqual(minutes(61));
    expect(gate(again, minutes(60))).toBe('open');
    expect(gate(again, minutes(61))).toBe('probe');
  });

  it('is not moved by what was sent before it opened', () => {
    const open = run('-----');
    for (const delivered of [true, false]) {
      const late = afterOutcome(open, { delivered, sentAt: minutes(-3) }, { settings, now: minutes(40) });
      expect(late).toBe(open);
    }
  });

  it('opens exactly when too few of the last outcomes were delivered, over any sequence', () => {
    const random = createSeededRandom(1);
    for (let round = 0; round < 3_000; round += 1) {
      const share = random.next();
      let breaker = CLOSED_BREAKER;
      const seen: boolean[] = [];
      for (let count = 0; count < 15 && breaker.openUntil === null; count += 1) {
        const delivered = random.next() < share;
        seen.push(delivered);
        breaker = afterOutcome(breaker, { delivered, sentAt: start }, { settings, now: start });
        const last = seen.slice(-10);
        const isBad = last.length >= 5 && last.filter(Boolean).length / last.length < 0.4;
        expect(breaker.openUntil !== null).toBe(isBad);
      }
    }
  });
});
