/** A wall-clock time without a zone, `YYYY-MM-DD HH:mm:ss`; such texts sort by time. */
export type LocalTime = string & { readonly __brand: 'LocalTime' };

const FORMAT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/;

/** Reads `YYYY-MM-DD HH:mm[:ss]`, also with a T and with fractions, which are dropped; null when the calendar has no such time. */
export function parseLocalTime(text: string): LocalTime | null {
  const [, date, minutes, seconds = '00'] = FORMAT.exec(text) ?? [];
  const local = `${date} ${minutes}:${seconds}`;
  // Date takes the 30th of February for a day in March.
  const parsed = new Date(`${date}T${minutes}:${seconds}Z`);
  return Number.isNaN(parsed.getTime()) || fromFloating(parsed) !== local ? null : fromFloating(parsed);
}

/** The time as if the wall clock showed UTC: arithmetic on it knows no zone. */
export function toFloating(local: LocalTime): Date {
  return new Date(`${local.replace(' ', 'T')}Z`);
}

/** The inverse of toFloating. */
export function fromFloating(floating: Date): LocalTime {
  return floating.toISOString().slice(0, 19).replace('T', ' ') as LocalTime;
}
