/** Days as YYYY-MM-DD, both inclusive. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export const LENGTHS = ['7', '30', '90', '365'] as const;

const DAY_MS = 86_400_000;

/** A year and a day: what one report covers at most. */
const MOST_DAYS = 366;

/** What the address says, or the last 30 days; `now` in ms. A day of the browser stands for one of the server. */
export function periodOf(query: Readonly<Record<string, string>>, now: number): Period {
  const { days = '30', from = '', to = '' } = query;
  if (isDay(from) && isDay(to)) return { from, to };
  const length = LENGTHS.find((each) => each === days) ?? '30';
  return { from: dayAt(now - (Number(length) - 1) * DAY_MS), to: dayAt(now) };
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** YYYY-MM-DD of a moment where the browser is. */
export function dayAt(moment: number): string {
  // Of all languages Sweden's writes days as ISO 8601 does.
  return DAY.format(moment);
}

const DAY = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });

/** Every day of the period, at most as many as a report covers. */
export function daysOf({ from, to }: Period): readonly string[] {
  const days: string[] = [];
  const last = Date.parse(to);
  for (let at = Date.parse(from); at <= last && days.length < MOST_DAYS; at += DAY_MS) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
