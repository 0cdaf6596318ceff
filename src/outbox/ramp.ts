import type { Ramp } from '../devices/pacing-settings.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** How many strangers a device should write to in 24 hours, on the day of its ramp that `now` is in. */
export function coldQuota(
  { firstDay, lastDay, days }: Ramp,
  { startedAt, now }: { startedAt: Date; now: Date },
): number {
  const day = rampDay(startedAt, now);
  if (day >= days) return lastDay;
  return Math.floor(firstDay + ((lastDay - firstDay) * (day - 1)) / (days - 1));
}

/** Which day of the ramp `now` is in: 1 for the first 24 hours, and before a start that is still to come. */
export function rampDay(startedAt: Date, now: Date): number {
  return 1 + Math.max(0, Math.floor((now.getTime() - startedAt.getTime()) / DAY_MS));
}
