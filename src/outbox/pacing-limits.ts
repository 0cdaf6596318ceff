import type { PacingSettings, SecondsRange } from '../devices/pacing-settings.ts';
import type { PacedItem, PacingFacts, PacingWarning } from './pacing-facts.ts';
import { quietUntil } from './quiet-hours.ts';
import { coldQuota } from './ramp.ts';

/** The limits a message runs into; a reply runs into none, because whoever just wrote wants an answer. */
export function limitsReached({ now, settings, item, history, health }: PacingFacts): PacingWarning[] {
  if (item.lane === 'reply') return [];
  const { hourlyCap, dailyCap, quietHours, ramp } = settings;
  const warnings: PacingWarning[] = [];
  const quiet = quietHours && quietUntil(quietHours, now);
  if (quietHours && quiet) {
    const message = `Quiet hours last from ${quietHours.from} to ${quietHours.to} (${quietHours.timezone})`;
    warnings.push({ code: 'quiet_hours', message, until: quiet });
  }
  if (hourlyCap !== null && history.lastHour.count >= hourlyCap) {
    const message = `${history.lastHour.count} messages in the last hour; the cap is ${hourlyCap}`;
    warnings.push({ code: 'hourly_cap', message, until: history.lastHour.roomAt(hourlyCap) });
  }
  if (dailyCap !== null && history.lastDay.count >= dailyCap) {
    const message = `${history.lastDay.count} messages in the last 24 hours; the cap is ${dailyCap}`;
    warnings.push({ code: 'daily_cap', message, until: history.lastDay.roomAt(dailyCap) });
  }
  if (ramp && item.lane === 'cold') {
    const quota = coldQuota(ramp, { startedAt: health.rampStartedAt ?? now, now });
    const { count } = history.coldLastDay;
    const message = `${count} messages to strangers in the last 24 hours; the ramp allows ${quota} now`;
    if (count >= quota) warnings.push({ code: 'cold_quota', message, until: roomForColdAt(quota) });
  }
  return warnings;

  /** With a quota of 0 there is never room today: the ramp is asked again in a while. */
  function roomForColdAt(quota: number): Date {
    return quota > 0 ? history.coldLastDay.roomAt(quota) : new Date(now.getTime() + ASK_AGAIN_MS);
  }
}

const ASK_AGAIN_MS = 60 * 60 * 1_000;

/** How long an item of a job keeps away from the one before, in ms; `draw` in [0, 1) picks the place in the range. */
export function gapMs(settings: PacingSettings, { lane, delayMs }: PacedItem, draw: number): number {
  const usual = delayMs ?? pick(settings.gapSeconds, draw);
  if (!settings.enforce || lane !== 'cold') return usual;
  return Math.max(usual, pick(settings.coldGapSeconds, draw));
}

function pick({ min, max }: SecondsRange, draw: number): number {
  return 1_000 * (min + draw * (max - min));
}
