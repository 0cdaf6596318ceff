import { locale } from './i18n.ts';

/** The zone of this browser, such as Asia/Jakarta. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Every zone the browser knows; those of Indonesia first. */
export function allZones(): string[] {
  const near = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'];
  return [...near, ...Intl.supportedValuesOf('timeZone').filter((zone) => !near.includes(zone))];
}

/** A moment as the clocks of a zone show it, with the day of the week. */
export function formatInZone(iso: string, zone: string): string {
  const options = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return formatter(locale.value, options, zone).format(new Date(iso));
}

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
  const parts = formatter('en-GB', options, zone).formatToParts(new Date(at));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** In the browser's own zone where it does not know the other: the server's list may be newer. */
function formatter(language: string, options: Intl.DateTimeFormatOptions, zone: string) {
  try {
    return new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(language, options);
  }
}
