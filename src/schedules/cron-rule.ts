import { Cron, type CronOptions } from 'croner';
import { type LocalRule, RecurrenceError } from './local-rule.ts';
import { fromFloating, type LocalTime, toFloating } from './local-time.ts';

/** The last year whose times every database can store. */
const LAST_YEAR = 9_000;

interface CalendarOptions {
  /** `5-part` begins with the minute, `6-part` with the second. */
  readonly mode: '5-part' | '6-part';
  /** Whether a day must fit both its number and its weekday, or one of the two as in crontab. */
  readonly days: 'both' | 'either';
}

/** Five fields of cron. Throws RecurrenceError. */
export function createCronRule(pattern: string): LocalRule {
  if (pattern.trim().split(/\s+/).length !== 5) {
    throw new RecurrenceError('a recurrence is an RRULE such as FREQ=DAILY, or the five fields of cron');
  }
  return cronRule(pattern, { mode: '5-part', days: 'either' });
}

/** The calendar of cron, on a clock that never changes: zones are not its business. Throws RecurrenceError. */
export function cronRule(pattern: string, { mode, days }: CalendarOptions): LocalRule {
  const cron = parse(pattern, { mode, domAndDow: days === 'both', timezone: 'UTC', paused: true });
  return {
    next(after: LocalTime) {
      const next = cron.nextRun(toFloating(after));
      return next === null || next.getUTCFullYear() > LAST_YEAR ? null : fromFloating(next);
    },
  };
}

function parse(pattern: string, options: CronOptions): Cron {
  try {
    return new Cron(pattern, options);
  } catch (cause) {
    throw new RecurrenceError('this is not a cron pattern', { cause });
  }
}
