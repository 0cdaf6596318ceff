import { locale } from './i18n.ts';
import { zoneFormat } from './wall-time.ts';

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
  return zoneFormat(locale.value, options, zone).format(new Date(iso));
}
