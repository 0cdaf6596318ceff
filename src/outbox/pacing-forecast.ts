import { type DeviceHealth, UNTOUCHED } from './device-health.ts';
import { toPacingHealth } from './device-health-view.ts';
import { awaitedTimes, historyOf, type PacedDevice } from './paced-device.ts';
import { coldStop } from './pacing.ts';
import { gapMs } from './pacing-limits.ts';
import { quietUntil } from './quiet-hours.ts';
import { coldQuota } from './ramp.ts';

/** Messages somebody is about to have sent, one after the other. */
export interface PlannedSends {
  /** To people who never wrote to us, and in all. */
  readonly cold: number;
  readonly total: number;
  /** The gap asked for, in ms; null: as the settings have it. */
  readonly delayMs: number | null;
}

/** What is going to be in their way. */
export interface PlanWarning {
  readonly code: string;
  readonly message: string;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** What the settings advise against, and what WhatsApp has already stopped, for messages that are not sent yet. */
export function forecast(
  plan: PlannedSends,
  { device, health, now }: { device: PacedDevice; health: DeviceHealth | null; now: Date },
): PlanWarning[] {
  const { settings } = device;
  const counts = historyOf(device, now);
  const lane = plan.cold > 0 ? 'cold' : 'warm';
  const usualGap = gapMs(settings, { lane, isJobItem: true, delayMs: plan.delayMs }, 0.5);
  const within = (ms: number) => Math.min(plan.total, Math.floor(ms / Math.max(usualGap, 1)) + 1);
  const lasts = settings.enforce ? 'They wait for it.' : 'Nothing holds them back.';
  const warnings: PlanWarning[] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });

  const { hourlyCap, dailyCap, ramp, quietHours } = settings;
  const perHour = counts.lastHour.count + within(HOUR_MS);
  const perDay = counts.lastDay.count + within(DAY_MS);
  if (hourlyCap !== null && perHour > hourlyCap)
    warn('hourly_cap', `This makes ${perHour} messages in an hour; the cap is ${hourlyCap}. ${lasts}`);
  if (dailyCap !== null && perDay > dailyCap)
    warn('daily_cap', `This makes ${perDay} messages in 24 hours; the cap is ${dailyCap}. ${lasts}`);
  if (ramp && plan.cold > 0) {
    const quota = coldQuota(ramp, { startedAt: health?.rampStartedAt ?? now, now });
    const cold = counts.coldLastDay.count + plan.cold;
    if (cold > quota)
      warn(
        'cold_quota',
        `This makes ${cold} messages to strangers; the ramp allows ${quota} in 24 hours now. ${lasts}`,
      );
  }
  const end = new Date(now.getTime() + plan.total * usualGap);
  if (quietHours && [now, end].some((time) => quietUntil(quietHours, time)))
    warn('quiet_hours', `Some fall into the quiet hours from ${quietHours.from}. ${lasts}`);
  return [...warnings, ...stops(plan, { device, health: health ?? UNTOUCHED, now })];
}

/** What WhatsApp said holds whatever the settings say. */
function stops(
  { cold }: PlannedSends,
  { device, health, now }: { device: PacedDevice; health: DeviceHealth; now: Date },
): PlanWarning[] {
  const awaited = awaitedTimes(device);
  const facts = toPacingHealth(health, { now, awaited, probeEndsAt: null });
  const { ratePausedUntil } = facts;
  const stop = cold > 0 ? coldStop(facts, now) : null;
  return [
    ...(ratePausedUntil && ratePausedUntil > now
      ? [{ code: 'rate_limited', message: `Nothing is sent before ${ratePausedUntil.toISOString()}` }]
      : []),
    ...(stop
      ? [{ code: stop.code, message: `No stranger is written to before ${stop.until.toISOString()}` }]
      : []),
  ];
}
