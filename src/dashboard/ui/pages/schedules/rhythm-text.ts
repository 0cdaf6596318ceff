import { formatDate } from '../../lib/format.ts';
import { locale } from '../../lib/i18n.ts';
import { DAYS, type Day, fromRule } from './rhythm.ts';
import { t } from './texts.ts';

/** A rule in words; as it is written where the simple form cannot say it. */
export function rhythmText(rule: string | null): string {
  const { kind, interval, days, monthDay, end, until, count } = fromRule(rule);
  if (kind === 'once') return t('rhythm.once');
  if (kind === 'expert') return rule ?? '';
  const every = Number(interval) > 1 ? t(`every.${kind}`, { interval }) : t(`rhythm.${kind}`);
  const which =
    kind === 'weekly' && days.length > 0
      ? ` ${t('onDays', { days: days.map(dayName).join(', ') })}`
      : kind === 'monthly' && monthDay !== ''
        ? ` ${monthDay === '-1' ? t('onLastDay') : t('onDay', { day: monthDay })}`
        : '';
  const last =
    end === 'until'
      ? `, ${t('untilDay', { day: formatDate(`${until}T12:00:00`) })}`
      : end === 'count'
        ? `, ${t.count('times', Number(count))}`
        : '';
  return `${every}${which}${last}`;
}

/** Mon, Sen. The third of January 2000 was a Monday. */
export function dayName(day: Day): string {
  const date = new Date(Date.UTC(2000, 0, 3 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(locale.value, { weekday: 'short', timeZone: 'UTC' }).format(date);
}
