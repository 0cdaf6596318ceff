import { describe, expect, it } from 'vitest';
import {
  DEFAULT_DEVICE_SETTINGS,
  mergeSettings,
  settingsFromRow,
} from '../../src/devices/device-settings.ts';
import { PacingPatchSchema, PacingSchema } from '../../src/devices/pacing-schemas.ts';
import {
  DEFAULT_PACING,
  mergePacing,
  type PacingPatch,
  type PacingSettings,
  pacingProblem,
} from '../../src/devices/pacing-settings.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const night = { from: '22:00', to: '06:00', timezone: 'Asia/Jakarta' };

describe('the defaults of pacing', () => {
  it('fit their own schema and each other, and enforce nothing', () => {
    expect(PacingSchema.parse(DEFAULT_PACING)).toEqual(DEFAULT_PACING);
    expect(pacingProblem(DEFAULT_PACING)).toBeNull();
    expect(DEFAULT_PACING.enforce).toBe(false);
  });

  it('are the documented ones', () => {
    expect(DEFAULT_PACING).toEqual({
      enforce: false,
      gapSeconds: { min: 2, max: 5 },
      coldGapSeconds: { min: 8, max: 25 },
      hourlyCap: 80,
      dailyCap: 500,
      replyWindowHours: 24,
      quietHours: null,
      ramp: { firstDay: 20, lastDay: 200, days: 14 },
      coldPauseMinutes: 60,
      breaker: {
        window: 10,
        minOutcomes: 5,
        minDeliveredShare: 0.4,
        cooldownMinutes: 30,
        undeliveredAfterMinutes: 60,
      },
    });
  });

  it('fill in what a row of an older release does not have', () => {
    expect(settingsFromRow({ autoRead: true, markOnline: false })).toEqual({
      ...DEFAULT_DEVICE_SETTINGS,
      autoRead: true,
    });
    expect(settingsFromRow({})).toEqual(DEFAULT_DEVICE_SETTINGS);
    const stored = settingsFromRow({ autoRead: false, pacing: { enforce: true, ramp: null } });
    expect(stored.pacing).toEqual({ ...DEFAULT_PACING, enforce: true, ramp: null });
  });
});

describe('a change of pacing', () => {
  it.each<[string, PacingPatch, Partial<PacingSettings>]>([
    ['nothing', {}, {}],
    ['one figure of a group', { ramp: { days: 7 } }, { ramp: { firstDay: 20, lastDay: 200, days: 7 } }],
    ['a limit off', { hourlyCap: null, ramp: null }, { hourlyCap: null, ramp: null }],
    ['quiet hours', { quietHours: night }, { quietHours: night }],
    ['one end of a range', { gapSeconds: { max: 9 } }, { gapSeconds: { min: 2, max: 9 } }],
  ])('of %s leaves the rest', (_, patch, expected) => {
    expect(mergePacing(DEFAULT_PACING, patch)).toEqual({ ...DEFAULT_PACING, ...expected });
  });

  it('brings a group back with its default figures', () => {
    const off = mergePacing(DEFAULT_PACING, { breaker: null, ramp: null });
    expect(mergePacing(off, { ramp: { days: 3 } }).ramp).toEqual({ firstDay: 20, lastDay: 200, days: 3 });
    expect(mergePacing(off, {}).breaker).toBeNull();
  });

  it.each<[string, PacingPatch]>([
    ['gapSeconds', { gapSeconds: { min: 9 } }],
    ['coldGapSeconds', { coldGapSeconds: { max: 1 } }],
    ['quietHours', { quietHours: { ...night, to: night.from } }],
    ['breaker', { breaker: { minOutcomes: 11 } }],
  ])('that makes %s contradict itself is refused', (name, pacing) => {
    const change = () => mergeSettings(DEFAULT_DEVICE_SETTINGS, { pacing });
    expect(change).toThrow(AppError);
    expect(change).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    expect(pacingProblem(mergePacing(DEFAULT_PACING, pacing))).toContain(name);
  });

  it.each<[string, unknown]>([
    ['an unknown field', { speed: 9 }],
    ['a cap of zero', { hourlyCap: 0 }],
    ['a cap with a fraction', { dailyCap: 1.5 }],
    ['a negative gap', { gapSeconds: { min: -1 } }],
    ['a zone nobody knows', { quietHours: { ...night, timezone: 'Asia/Atlantis' } }],
    ['a time that is none', { quietHours: { ...night, from: '24:00' } }],
    ['half of the quiet hours', { quietHours: { from: '22:00' } }],
    ['a share above one', { breaker: { minDeliveredShare: 1.1 } }],
    ['no ramp at all', { ramp: { days: 0 } }],
    ['text for a number', { hourlyCap: '80' }],
    ['null for a group that must be', { gapSeconds: null }],
  ])('with %s does not pass the schema', (_, patch) => {
    expect(PacingPatchSchema.safeParse(patch).success).toBe(false);
  });

  it('in any order of any parts always fits the schema, and the same change twice changes nothing more', () => {
    const random = createSeededRandom(3);
    const parts: PacingPatch[] = [
      { enforce: true },
      { hourlyCap: null },
      { hourlyCap: 10 },
      { ramp: null },
      { ramp: { firstDay: 1 } },
      { breaker: null },
      { breaker: { cooldownMinutes: 5 } },
      { quietHours: night },
      { quietHours: null },
      { coldGapSeconds: { min: 0 } },
      { replyWindowHours: 0 },
    ];
    let settings = DEFAULT_PACING;
    for (let step = 0; step < 2_000; step += 1) {
      const patch = parts[Math.floor(random.next() * parts.length)] ?? {};
      const parsed = PacingPatchSchema.parse(patch);
      settings = mergePacing(settings, parsed);
      expect(mergePacing(settings, parsed)).toEqual(settings);
      expect(PacingSchema.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
    }
  });
});
