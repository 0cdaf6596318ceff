import { describe, expect, it } from 'vitest';
import {
  concernsOf,
  formOf,
  pacingOf,
  problemsOf,
} from '../../../src/dashboard/ui/pages/device/pacing-form.ts';
import { PacingSchema } from '../../../src/devices/pacing-schemas.ts';
import { DEFAULT_PACING, type PacingSettings } from '../../../src/devices/pacing-settings.ts';

const ZONE = 'Asia/Jakarta';
const everythingOff: PacingSettings = {
  ...DEFAULT_PACING,
  hourlyCap: null,
  dailyCap: null,
  ramp: null,
  breaker: null,
};
const quiet: PacingSettings = {
  ...DEFAULT_PACING,
  enforce: true,
  quietHours: { from: '21:00', to: '07:00', timezone: 'Asia/Makassar' },
};

describe('the form of the pacing', () => {
  it('gives back what it was made of', () => {
    for (const pacing of [DEFAULT_PACING, everythingOff, quiet])
      expect(pacingOf(formOf(pacing, ZONE))).toEqual(pacing);
  });

  it('brings what was off back with the defaults of the server', () => {
    const on = { hourlyOn: true, dailyOn: true, rampOn: true, breakerOn: true };
    expect(pacingOf({ ...formOf(everythingOff, ZONE), ...on })).toEqual(DEFAULT_PACING);
    const { quietHours } = pacingOf({ ...formOf(DEFAULT_PACING, ZONE), quietOn: true });
    expect(quietHours?.timezone).toBe(ZONE);
    expect(PacingSchema.safeParse({ ...DEFAULT_PACING, quietHours }).success).toBe(true);
  });

  it('does not let an empty field switch a limit off', () => {
    expect(problemsOf(formOf(DEFAULT_PACING, ZONE))).toEqual({});
    const form = { ...formOf(DEFAULT_PACING, ZONE), hourly: '', gapMin: '' };
    expect(problemsOf(form)).toMatchObject({ hourly: 'number', gapMin: 'number' });
    expect(problemsOf({ ...form, hourlyOn: false, gapMin: '1' })).toEqual({});
  });

  it('says what does not fit together', () => {
    const form = formOf(quiet, ZONE);
    expect(problemsOf({ ...form, gapMin: '9', coldMin: '99' })).toEqual({
      gapMax: 'order',
      coldMax: 'order',
    });
    expect(problemsOf({ ...form, quietTo: '21:00' })).toEqual({ quietTo: 'quiet' });
    expect(problemsOf({ ...form, breakerMin: '11' })).toEqual({ breakerMin: 'window' });
  });
});

it('a careful person is told what is off or high', () => {
  expect(concernsOf(quiet)).toEqual([]);
  expect(concernsOf(DEFAULT_PACING)).toEqual(['enforce']);
  expect(concernsOf(everythingOff)).toEqual(['enforce', 'hourlyCap', 'dailyCap', 'ramp', 'breaker']);
  const hasty = { ...quiet, hourlyCap: 1_000, gapSeconds: { min: 0, max: 0 } };
  expect(concernsOf(hasty)).toEqual(['hourlyCap', 'gap']);
});
