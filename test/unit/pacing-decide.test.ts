import { describe, expect, it } from 'vitest';
import { DEFAULT_PACING, mergePacing, type PacingPatch } from '../../src/devices/pacing-settings.ts';
import type { Lane } from '../../src/outbox/outbox-message.ts';
import { decide, type PaceOutcome } from '../../src/outbox/pacing.ts';
import type { PacedItem, PacingFacts, PacingHealth, PacingHistory } from '../../src/outbox/pacing-facts.ts';
import { createSendWindow } from '../../src/outbox/pacing-window.ts';

const now = new Date('2026-05-05T12:00:00Z');
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const empty = createSendWindow([]).at(now);

const HEALTHY: PacingHealth = {
  ratePausedUntil: null,
  reachoutUntil: null,
  messageCapUntil: null,
  coldPausedUntil: null,
  breaker: 'closed',
  breakerUntil: null,
  rampStartedAt: inMinutes(-60),
};
const IDLE: PacingHistory = { lastJobItemAt: null, gapDraw: 0.5, ...empty };

interface Case {
  readonly settings?: PacingPatch;
  readonly item?: Partial<PacedItem>;
  readonly history?: Partial<PacingHistory>;
  readonly health?: Partial<PacingHealth>;
}

function facts({ settings, item, history, health }: Case): PacingFacts {
  return {
    now,
    settings: mergePacing(DEFAULT_PACING, settings),
    item: { lane: 'warm', isJobItem: false, delayMs: null, ...item },
    history: { ...IDLE, ...history },
    health: { ...HEALTHY, ...health },
  };
}
const ask = (given: Case): PaceOutcome => decide(facts(given));
/** So many messages in the minute that began five minutes ago. */
const sent = (total: number, cold = 0) =>
  createSendWindow([{ minute: Math.floor(now.getTime() / 60_000) - 5, total, cold }]).at(now);
const codes = (outcome: PaceOutcome) => outcome.warnings.map(({ code }) => code);
const LANES: readonly Lane[] = ['reply', 'warm', 'cold', 'group'];

describe('a message of its own', () => {
  it.each(LANES)('goes at once (%s)', (lane) => {
    const history = { lastJobItemAt: now };
    expect(ask({ item: { lane }, history })).toEqual({ kind: 'send', warnings: [] });
  });
});

describe('the gap between items of jobs', () => {
  const item = { isJobItem: true };
  const secondsAgo = (seconds: number) => ({ lastJobItemAt: new Date(now.getTime() - seconds * 1_000) });
  const waits = (given: Case) => {
    const outcome = ask({ ...given, item: { ...item, ...given.item } });
    if (outcome.kind === 'send') return 0;
    expect(outcome).toMatchObject({ code: 'gap', holds: 'jobs' });
    return (outcome.until.getTime() - now.getTime()) / 1_000;
  };

  it('is not kept before the first', () => {
    expect(waits({})).toBe(0);
  });

  it('is 2 to 5 s, as drawn', () => {
    expect(waits({ history: { ...secondsAgo(0), gapDraw: 0 } })).toBe(2);
    expect(waits({ history: { ...secondsAgo(0), gapDraw: 0.5 } })).toBe(3.5);
    expect(waits({ history: { ...secondsAgo(1.5), gapDraw: 0.999 } })).toBeCloseTo(3.497);
    expect(waits({ history: secondsAgo(3.5) })).toBe(0);
  });

  it('is what the job says, none included', () => {
    expect(waits({ history: secondsAgo(10), item: { delayMs: 60_000 } })).toBe(50);
    expect(waits({ history: secondsAgo(0), item: { delayMs: 0 } })).toBe(0);
  });

  it('is at least 8 to 25 s before a stranger where limits are enforced', () => {
    const cold = { lane: 'cold' } as const;
    const history = secondsAgo(0);
    expect(waits({ history, item: cold })).toBe(3.5);
    expect(waits({ history, item: cold, settings: { enforce: true } })).toBe(16.5);
    expect(waits({ history, item: { ...cold, delayMs: 1_000 }, settings: { enforce: true } })).toBe(16.5);
    expect(waits({ history, item: { ...cold, delayMs: 40_000 }, settings: { enforce: true } })).toBe(40);
    expect(waits({ history, settings: { enforce: true } })).toBe(3.5);
  });

  it('is settled with what is left of it when asked again', () => {
    const history = secondsAgo(1);
    const first = ask({ item, history });
    expect(ask({ item, history })).toEqual(first);
  });
});

describe('caps', () => {
  it('warn by default, and hold nothing back', () => {
    const warned = ask({ history: sent(80) });
    expect(warned.kind).toBe('send');
    expect(codes(warned)).toEqual(['hourly_cap']);
    expect(codes(ask({ history: sent(79) }))).toEqual([]);
    expect(codes(ask({ history: sent(500) }))).toEqual(['hourly_cap', 'daily_cap']);
  });

  it('hold back until there is room where they are enforced', () => {
    const enforce = { enforce: true };
    // The minute of 11:55 has left the hour when that of 12:55 is over.
    expect(ask({ settings: enforce, history: sent(80) })).toMatchObject({
      kind: 'wait',
      code: 'hourly_cap',
      until: inMinutes(56),
      holds: 'message',
    });
    expect(ask({ settings: enforce, history: sent(500) })).toMatchObject({
      code: 'daily_cap',
      until: inMinutes(24 * 60 - 4),
    });
  });

  it('never meet a reply', () => {
    for (const enforce of [true, false]) {
      const settings = { enforce, quietHours: { from: '00:00', to: '23:59', timezone: 'UTC' } };
      expect(ask({ item: { lane: 'reply' }, settings, history: sent(9_999, 9_999) })).toEqual({
        kind: 'send',
        warnings: [],
      });
    }
  });

  it('do not exist when they are null', () => {
    const settings = { hourlyCap: null, dailyCap: null, ramp: null, enforce: true };
    expect(codes(ask({ settings, item: { lane: 'cold' }, history: sent(9_999, 9_999) }))).toEqual([]);
  });
});

describe('the quota of strangers', () => {
  const cold = { lane: 'cold' } as const;

  it('is what the ramp allows on its day, for strangers only', () => {
    expect(codes(ask({ item: cold, history: sent(20, 20) }))).toEqual(['cold_quota']);
    expect(codes(ask({ item: cold, history: sent(20, 19) }))).toEqual([]);
    expect(codes(ask({ history: sent(20, 20) }))).toEqual([]);
    const health = { rampStartedAt: inMinutes(-60 * 24 * 20) };
    expect(codes(ask({ item: cold, history: sent(70, 70), health }))).toEqual([]);
  });

  it('begins anew with a ramp that starts later', () => {
    const health = { rampStartedAt: inMinutes(600) };
    expect(codes(ask({ item: cold, history: sent(20, 20), health }))).toEqual(['cold_quota']);
  });

  it('holds back where it is enforced, also a quota of nothing', () => {
    const settings = { enforce: true };
    expect(ask({ item: cold, settings, history: sent(20, 20) })).toMatchObject({
      code: 'cold_quota',
      until: inMinutes(24 * 60 - 4),
    });
    const none = { enforce: true, ramp: { firstDay: 0, lastDay: 0 } };
    expect(ask({ item: cold, settings: none })).toMatchObject({ code: 'cold_quota', until: inMinutes(60) });
  });
});

describe('quiet hours', () => {
  const quietHours = { from: '10:00', to: '14:00', timezone: 'UTC' };

  it('warn, or hold back until they end', () => {
    expect(codes(ask({ settings: { quietHours } }))).toEqual(['quiet_hours']);
    expect(ask({ settings: { quietHours, enforce: true } })).toMatchObject({
      code: 'quiet_hours',
      until: inMinutes(120),
    });
  });

  it('give way to a limit that lasts longer', () => {
    const outcome = ask({ settings: { quietHours, enforce: true }, history: sent(500) });
    expect(outcome).toMatchObject({ code: 'daily_cap', holds: 'message' });
    expect(codes(outcome)).toEqual(['quiet_hours', 'hourly_cap', 'daily_cap']);
  });
});

describe('what WhatsApp said', () => {
  it('stops everything after a rate refusal, whatever is enforced', () => {
    const health = { ratePausedUntil: inMinutes(5) };
    for (const lane of LANES) {
      expect(ask({ item: { lane }, health })).toMatchObject({
        kind: 'wait',
        code: 'rate_limited',
        until: inMinutes(5),
        holds: 'device',
      });
    }
  });

  it.each([
    ['reachout_locked', { reachoutUntil: inMinutes(30) }],
    ['message_cap', { messageCapUntil: inMinutes(30) }],
    ['cold_paused', { coldPausedUntil: inMinutes(30) }],
    ['breaker', { breaker: 'open', breakerUntil: inMinutes(30) }],
    ['breaker', { breaker: 'probing', breakerUntil: inMinutes(30) }],
  ] as const)('%s stops strangers alone', (code, health) => {
    const stopped = { kind: 'wait', code, until: inMinutes(30), holds: 'message' };
    expect(ask({ item: { lane: 'cold', isJobItem: true }, health })).toMatchObject(stopped);
    for (const lane of ['reply', 'warm', 'group'] as const) {
      expect(ask({ item: { lane }, health }).kind).toBe('send');
    }
  });

  it('counts with what lasts longest, and not with what is over', () => {
    const health = {
      reachoutUntil: inMinutes(10),
      messageCapUntil: inMinutes(90),
      coldPausedUntil: inMinutes(-1),
      breaker: 'probe',
      breakerUntil: inMinutes(-1),
    } as const;
    expect(ask({ item: { lane: 'cold' }, health })).toMatchObject({
      code: 'message_cap',
      until: inMinutes(90),
    });
    const over = { reachoutUntil: now, ratePausedUntil: now };
    expect(ask({ item: { lane: 'cold' }, health: over }).kind).toBe('send');
  });

  it('comes before the gap, so that those who wait keep nobody else waiting', () => {
    const item = { lane: 'cold', isJobItem: true } as const;
    const health = { coldPausedUntil: inMinutes(30) };
    expect(ask({ item, health, history: { lastJobItemAt: now } })).toMatchObject({ holds: 'message' });
  });
});

describe('what is urgent', () => {
  const item = { isUrgent: true, lane: 'cold' } as const;
  const quietHours = { from: '00:00', to: '23:59', timezone: 'UTC' };

  it('does not wait for quiet hours and caps, which are told all the same', () => {
    const settings = { enforce: true, quietHours, ramp: { firstDay: 0, lastDay: 0 } };
    const outcome = ask({ settings, item, history: sent(500) });
    expect(outcome.kind).toBe('send');
    expect(codes(outcome)).toContain('quiet_hours');
    expect(ask({ settings, item: { lane: 'cold' }, history: sent(500) }).kind).toBe('wait');
  });

  it.each(['ratePausedUntil', 'reachoutUntil', 'coldPausedUntil', 'messageCapUntil'] as const)(
    'waits for what WhatsApp said: %s',
    (name) => {
      expect(ask({ item, health: { [name]: inMinutes(5) } })).toMatchObject({
        kind: 'wait',
        until: inMinutes(5),
      });
    },
  );
});
