import { IANAZone } from 'luxon';
import type { QuietHours } from '../devices/pacing-settings.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When the quiet hours end that `at` is in; null when it is in none. The clock on the wall decides: where it is set back,
 * quiet hours last longer, where it is set forward over their end, they end with the jump.
 */
export function quietUntil({ from, to, timezone }: QuietHours, at: Date): Date | null {
  const zone = IANAZone.create(timezone);
  const [start, end] = [minuteOfDay(from), minuteOfDay(to)];
  const isQuiet = (wall: number) => (start < end ? start <= wall && wall < end : wall >= start || wall < end);
  const wallAt = (ms: number) => modulo(Math.floor(ms / MINUTE_MS) + zone.offset(ms), DAY_MINUTES);

  const now = Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS;
  if (!isQuiet(wallAt(now))) return null;
  const straight = now + modulo(end - wallAt(now), DAY_MINUTES) * MINUTE_MS;
  if (zone.offset(straight) === zone.offset(now)) return new Date(straight);
  // The clocks change on the way, on at most a few nights of a year: look minute by minute.
  let time = now;
  while (isQuiet(wallAt(time))) time += MINUTE_MS;
  return new Date(time);
}

function minuteOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function modulo(value: number, base: number): number {
  return ((value % base) + base) % base;
}
