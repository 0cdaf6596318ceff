import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { type LocalRule, RecurrenceError } from './local-rule.ts';
import { fromFloating, toFloating } from './local-time.ts';

/** Letters are names of months and weekdays, and L for the last; the library's H would be another time in every process. */
const FIELD = /^(?!.*(^|[,/-])H)[\dA-Z*,/?#-]+$/i;
const SOME_MOMENT = new Date(0);

/** Five fields of cron, on a clock that never changes: zones are not their business. Throws RecurrenceError. */
export function createCronRule(pattern: string): LocalRule {
  const fields = pattern.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) {
    throw new RecurrenceError('a recurrence is an RRULE such as FREQ=DAILY, or the five fields of cron');
  }
  const cron = parse(fields.join(' '));
  return {
    next(after) {
      cron.reset(toFloating(after));
      return tryNext(cron);
    },
  };
}

function parse(pattern: string): CronExpression {
  try {
    return CronExpressionParser.parse(pattern, { currentDate: SOME_MOMENT, tz: 'UTC' });
  } catch (cause) {
    throw new RecurrenceError('this is not a cron pattern, or no calendar has its day', { cause });
  }
}

/** The library looks through some decades, then throws. */
function tryNext(cron: CronExpression) {
  try {
    return fromFloating(cron.next().toDate());
  } catch {
    return null;
  }
}
