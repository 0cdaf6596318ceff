import type { Pacing } from '../../api/device-detail-types.ts';

/** Pacing as it stands in the form: numbers as typed, and whether what may be off is on. */
export interface PacingForm {
  readonly enforce: boolean;
  readonly gapMin: string;
  readonly gapMax: string;
  readonly coldMin: string;
  readonly coldMax: string;
  readonly hourlyOn: boolean;
  readonly hourly: string;
  readonly dailyOn: boolean;
  readonly daily: string;
  readonly replyHours: string;
  readonly quietOn: boolean;
  readonly quietFrom: string;
  readonly quietTo: string;
  readonly quietZone: string;
  readonly rampOn: boolean;
  readonly rampFirst: string;
  readonly rampLast: string;
  readonly rampDays: string;
  readonly coldPause: string;
  readonly breakerOn: boolean;
  readonly breakerWindow: string;
  readonly breakerMin: string;
  /** Per cent. */
  readonly breakerShare: string;
  readonly breakerCooldown: string;
  readonly breakerUndelivered: string;
}

/** What is shown when something that was off is switched on: the server's own defaults. */
const RAMP = { firstDay: 20, lastDay: 200, days: 14 };
const BREAKER = {
  window: 10,
  minOutcomes: 5,
  minDeliveredShare: 0.4,
  cooldownMinutes: 30,
  undeliveredAfterMinutes: 60,
};
const HOURLY = 80;
const DAILY = 500;

/** `timezone` stands in the form while there are no quiet hours. */
export function formOf(pacing: Pacing, timezone: string): PacingForm {
  const { gapSeconds, coldGapSeconds, hourlyCap, dailyCap, quietHours, ramp, breaker } = pacing;
  const quiet = quietHours ?? { from: '21:00', to: '07:00', timezone };
  const { firstDay, lastDay, days } = ramp ?? RAMP;
  const breaking = breaker ?? BREAKER;
  return {
    enforce: pacing.enforce,
    gapMin: String(gapSeconds.min),
    gapMax: String(gapSeconds.max),
    coldMin: String(coldGapSeconds.min),
    coldMax: String(coldGapSeconds.max),
    hourlyOn: hourlyCap !== null,
    hourly: String(hourlyCap ?? HOURLY),
    dailyOn: dailyCap !== null,
    daily: String(dailyCap ?? DAILY),
    replyHours: String(pacing.replyWindowHours),
    quietOn: quietHours !== null,
    quietFrom: quiet.from,
    quietTo: quiet.to,
    quietZone: quiet.timezone,
    rampOn: ramp !== null,
    rampFirst: String(firstDay),
    rampLast: String(lastDay),
    rampDays: String(days),
    coldPause: String(pacing.coldPauseMinutes),
    breakerOn: breaker !== null,
    breakerWindow: String(breaking.window),
    breakerMin: String(breaking.minOutcomes),
    breakerShare: String(Math.round(breaking.minDeliveredShare * 100)),
    breakerCooldown: String(breaking.cooldownMinutes),
    breakerUndelivered: String(breaking.undeliveredAfterMinutes),
  };
}

export function pacingOf(form: PacingForm): Pacing {
  return {
    enforce: form.enforce,
    gapSeconds: { min: Number(form.gapMin), max: Number(form.gapMax) },
    coldGapSeconds: { min: Number(form.coldMin), max: Number(form.coldMax) },
    hourlyCap: form.hourlyOn ? Number(form.hourly) : null,
    dailyCap: form.dailyOn ? Number(form.daily) : null,
    replyWindowHours: Number(form.replyHours),
    quietHours: form.quietOn ? { from: form.quietFrom, to: form.quietTo, timezone: form.quietZone } : null,
    ramp: form.rampOn
      ? { firstDay: Number(form.rampFirst), lastDay: Number(form.rampLast), days: Number(form.rampDays) }
      : null,
    coldPauseMinutes: Number(form.coldPause),
    breaker: form.breakerOn
      ? {
          window: Number(form.breakerWindow),
          minOutcomes: Number(form.breakerMin),
          minDeliveredShare: Number(form.breakerShare) / 100,
          cooldownMinutes: Number(form.breakerCooldown),
          undeliveredAfterMinutes: Number(form.breakerUndelivered),
        }
      : null,
  };
}

export type Problem = 'number' | 'order' | 'quiet' | 'window';

/** What does not fit, by field; nothing the server would refuse for one field alone. */
export function problemsOf(form: PacingForm): Partial<Record<keyof PacingForm, Problem>> {
  const found: Partial<Record<keyof PacingForm, Problem>> = {};
  const numbers = [
    ['gapMin', 'gapMax', 'coldMin', 'coldMax', 'replyHours', 'coldPause'] as const,
    form.hourlyOn ? (['hourly'] as const) : [],
    form.dailyOn ? (['daily'] as const) : [],
    form.rampOn ? (['rampFirst', 'rampLast', 'rampDays'] as const) : [],
    form.breakerOn
      ? (['breakerWindow', 'breakerMin', 'breakerShare', 'breakerCooldown', 'breakerUndelivered'] as const)
      : [],
  ].flat();
  if (Number(form.gapMin) > Number(form.gapMax)) found.gapMax = 'order';
  if (Number(form.coldMin) > Number(form.coldMax)) found.coldMax = 'order';
  if (form.quietOn && form.quietFrom === form.quietTo) found.quietTo = 'quiet';
  if (form.breakerOn && Number(form.breakerMin) > Number(form.breakerWindow)) found.breakerMin = 'window';
  // An empty field is no number, and must not reach the server as null: that would switch the limit off.
  for (const name of numbers) {
    if (form[name].trim() === '' || Number.isNaN(Number(form[name]))) found[name] = 'number';
  }
  return found;
}

export type Concern = 'enforce' | 'hourlyCap' | 'dailyCap' | 'ramp' | 'breaker' | 'gap';

/** What a careful person would look at again; docs/pacing.md has the reasons. */
export function concernsOf({ enforce, hourlyCap, dailyCap, ramp, breaker, gapSeconds }: Pacing): Concern[] {
  const found: Concern[] = [];
  if (!enforce) found.push('enforce');
  if (hourlyCap === null || hourlyCap > HOURLY) found.push('hourlyCap');
  if (dailyCap === null || dailyCap > DAILY) found.push('dailyCap');
  if (ramp === null || ramp.firstDay > 2 * RAMP.firstDay) found.push('ramp');
  if (breaker === null) found.push('breaker');
  if (gapSeconds.max < 2) found.push('gap');
  return found;
}
