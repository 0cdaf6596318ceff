import { describe, expect, it } from 'vitest';
import {
  afterColdRefusal,
  afterMessageCap,
  afterReachoutLock,
  type DeviceHealth,
  forAccount,
  UNTOUCHED,
  withWarning,
} from '../../src/outbox/device-health.ts';
import { toHealthView } from '../../src/outbox/device-health-view.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

const start = new Date('2026-01-01T00:00:00Z');
const hours = (count: number) => new Date(start.getTime() + count * 3_600_000);
const refused = (health: DeviceHealth, now: Date) => afterColdRefusal(health, { now, pauseMinutes: 60 });

describe('a refusal of a stranger (463)', () => {
  it('pauses strangers, twice as long each time, at most a day', () => {
    let health = UNTOUCHED;
    let now = start;
    const pauses: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      health = refused(health, now);
      const until = health.coldPausedUntil ?? now;
      pauses.push((until.getTime() - now.getTime()) / 3_600_000);
      now = until;
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 24, 24, 24]);
  });

  it('counts once while the pause lasts: what was on its way is refused as well', () => {
    const first = refused(UNTOUCHED, start);
    expect(refused(first, hours(0.5))).toBe(first);
  });

  it('begins small again after a day without one', () => {
    const first = refused(refused(UNTOUCHED, start), hours(1));
    expect(first.coldPausedUntil).toEqual(hours(3));
    expect(refused(first, hours(28)).coldPausedUntil).toEqual(hours(29));
  });

  it('makes the ramp begin anew when it is over', () => {
    const old = { ...UNTOUCHED, rampStartedAt: hours(-1_000) };
    expect(refused(old, start).rampStartedAt).toEqual(hours(1));
  });
});

describe('the reach-out lock', () => {
  it('takes the place of our own pause, with the time WhatsApp named', () => {
    const locked = afterReachoutLock(refused(UNTOUCHED, start), { until: hours(6) });
    expect(locked).toMatchObject({ reachoutUntil: hours(6), coldPausedUntil: null, rampStartedAt: hours(6) });
    expect(toHealthView(locked, start)).toMatchObject({
      coldPausedUntil: hours(6).toISOString(),
      reachoutLockedUntil: hours(6).toISOString(),
    });
    expect(toHealthView(locked, hours(6))).toMatchObject({
      coldPausedUntil: null,
      reachoutLockedUntil: null,
    });
  });

  it('that does not exist leaves our own pause, and ends when WhatsApp lifts it', () => {
    const paused = refused(UNTOUCHED, start);
    expect(afterReachoutLock(paused, { until: null })).toMatchObject({
      reachoutUntil: null,
      coldPausedUntil: hours(1),
    });
    const locked = afterReachoutLock(UNTOUCHED, { until: hours(6) });
    expect(afterReachoutLock(locked, { until: null }).reachoutUntil).toBeNull();
  });
});

describe('the cap on new chats', () => {
  it.each(['first_warning', 'second_warning', 'capped'] as const)('stops strangers at %s', (level) => {
    const told = afterMessageCap(UNTOUCHED, { level, until: hours(50) }, start);
    expect(toHealthView(told, start)).toMatchObject({
      messageCap: level,
      coldPausedUntil: hours(50).toISOString(),
    });
    const untold = afterMessageCap(UNTOUCHED, { level, until: null }, start);
    expect(untold.messageCapUntil).toEqual(hours(24));
    const past = afterMessageCap(UNTOUCHED, { level, until: hours(-1) }, start);
    expect(past.messageCapUntil).toEqual(hours(24));
  });

  it('is over when WhatsApp says so', () => {
    const capped = afterMessageCap(UNTOUCHED, { level: 'capped', until: hours(50) }, start);
    const free = afterMessageCap(capped, { level: 'none', until: null }, hours(1));
    expect(toHealthView(free, hours(1))).toMatchObject({ messageCap: 'none', coldPausedUntil: null });
  });
});

describe('health and accounts', () => {
  const [one, other] = ['1@s.whatsapp.net' as Jid, '2@s.whatsapp.net' as Jid];

  it('belongs to the first account, and starts from nothing with another', () => {
    const paused = forAccount(refused(UNTOUCHED, start), one);
    expect(paused).toMatchObject({ account: one, coldPausedUntil: hours(1) });
    expect(forAccount(paused, one)).toBe(paused);
    expect(forAccount(paused, other)).toEqual({ ...UNTOUCHED, account: other });
  });
});

describe('a warning', () => {
  const warning = (code: string, since: Date, until: Date) => ({ code, message: code, since, until });

  it('is kept until it is over, and written again only when it lasts much longer', () => {
    const first = withWarning(UNTOUCHED, warning('hourly_cap', start, hours(1)));
    expect(withWarning(first, warning('hourly_cap', hours(0.1), hours(1.1)))).toBe(first);
    const later = withWarning(first, warning('hourly_cap', hours(0.5), hours(2)));
    expect(later.warnings).toEqual([warning('hourly_cap', start, hours(2))]);
    const anew = withWarning(first, warning('hourly_cap', hours(5), hours(6)));
    expect(anew.warnings).toEqual([warning('hourly_cap', hours(5), hours(6))]);
  });

  it('stands beside others, and those that are over go', () => {
    const first = withWarning(UNTOUCHED, warning('hourly_cap', start, hours(1)));
    const both = withWarning(first, warning('cold_quota', hours(0.5), hours(3)));
    expect(both.warnings.map(({ code }) => code)).toEqual(['hourly_cap', 'cold_quota']);
    const one = withWarning(both, warning('daily_cap', hours(2), hours(9)));
    expect(one.warnings.map(({ code }) => code)).toEqual(['cold_quota', 'daily_cap']);
  });
});
