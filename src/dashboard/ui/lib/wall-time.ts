/** What the clocks of a zone show then, as inputs and the API write it: `2026-12-31 09:00`. `at` in ms. */
export function wallTime(at: number, zone: string): string {
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  const parts = zoneFormat('en-GB', options, zone).formatToParts(new Date(at));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** A format for times in a zone; in the browser's own where it does not know the other: the server's list may be newer. */
export function zoneFormat(language: string, options: Intl.DateTimeFormatOptions, zone: string) {
  try {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(language, options);
  }
}
