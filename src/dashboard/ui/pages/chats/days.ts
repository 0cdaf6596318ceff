import { browserClock } from '../../lib/clock.ts';
import { formatDate } from '../../lib/format.ts';
import { t } from './texts.ts';

const DAY_MS = 86_400_000;

/** YYYY-MM-DD of a moment in the zone of the browser. */
export function dayOf(at: string | number): string {
  // Of all languages Sweden's writes days as ISO 8601 does.
  return DAY.format(typeof at === 'number' ? at : Date.parse(at));
}

const DAY = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });

/** "Today", "Yesterday", else the date. */
export function dayText(at: string): string {
  const day = dayOf(at);
  const now = browserClock.now();
  if (day === dayOf(now)) return t('today');
  return day === dayOf(now - DAY_MS) ? t('yesterday') : formatDate(at);
}
