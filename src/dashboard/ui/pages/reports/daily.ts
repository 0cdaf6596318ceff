import type { DailyFigures } from '../../api/history-types.ts';

export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** More bars than this cannot be told apart; then each stands for several days. */
const MOST_BARS = 62;

/** Messages per day; days without any are there too. Long periods come in steps, named by their first day. */
export function perDay(
  figures: readonly DailyFigures[],
  days: readonly string[],
  nameOf: (day: string) => string,
): readonly Bar[] {
  const totals = sums(figures, ({ date }) => date);
  const step = Math.max(1, Math.ceil(days.length / MOST_BARS));
  const bars: Bar[] = [];
  for (let first = 0; first < days.length; first += step) {
    const together = days.slice(first, first + step);
    const value = together.reduce((sum, day) => sum + (totals.get(day) ?? 0), 0);
    bars.push({ label: nameOf(together[0] ?? ''), value });
  }
  return bars;
}

/** Messages per device, the most first. */
export function perDevice(
  figures: readonly DailyFigures[],
  nameOf: (deviceId: string) => string,
): readonly Bar[] {
  return [...sums(figures, ({ deviceId }) => deviceId)]
    .map(([deviceId, value]) => ({ label: nameOf(deviceId), value }))
    .sort((one, other) => other.value - one.value);
}

function sums(
  figures: readonly DailyFigures[],
  keyOf: (line: DailyFigures) => string,
): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const line of figures) totals.set(keyOf(line), (totals.get(keyOf(line)) ?? 0) + line.total);
  return totals;
}
