import { describe, expect, it } from 'vitest';
import { DEFAULT_PACING } from '../../src/devices/pacing-settings.ts';
import { coldQuota, rampDay } from '../../src/outbox/ramp.ts';

const startedAt = new Date('2026-01-01T09:30:00Z');
const onDay = (days: number) => new Date(startedAt.getTime() + days * 86_400_000);
const ramp = DEFAULT_PACING.ramp ?? { firstDay: 0, lastDay: 0, days: 1 };

describe('the ramp', () => {
  it('goes from 20 strangers on day 1 evenly to 200 on day 14', () => {
    const quotas = Array.from({ length: 16 }, (_, day) => coldQuota(ramp, { startedAt, now: onDay(day) }));
    expect(quotas).toEqual([20, 33, 47, 61, 75, 89, 103, 116, 130, 144, 158, 172, 186, 200, 200, 200]);
  });

  it('counts days of 24 hours from its start, and a start still to come as the first day', () => {
    expect([0, 0.999, 1, 13, 400, -3].map((days) => rampDay(startedAt, onDay(days)))).toEqual([
      1, 1, 2, 14, 401, 1,
    ]);
  });

  it('may be a single day, flat, or go down', () => {
    expect(coldQuota({ firstDay: 5, lastDay: 9, days: 1 }, { startedAt, now: startedAt })).toBe(9);
    expect(coldQuota({ firstDay: 7, lastDay: 7, days: 30 }, { startedAt, now: onDay(12) })).toBe(7);
    expect(coldQuota({ firstDay: 30, lastDay: 10, days: 3 }, { startedAt, now: onDay(1) })).toBe(20);
  });
});
