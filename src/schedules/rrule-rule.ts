import { assertNever } from '../shared/exhaustive.ts';
import type { LocalRule } from './local-rule.ts';
import { fromFloating, type LocalTime, toFloating } from './local-time.ts';
import { type DayRule, type Rrule, WEEKDAYS } from './rrule.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A rule that finds no day in 40 years is said to have none; looking costs some milliseconds. */
const MOST_DAYS = 40 * 366;

/**
 * The times of an RRULE from its start, which is not one of them unless it fits. Goes day by day and asks whether the day
 * fits: nothing to be clever about, since even the rarest rules have a day in some thousands.
 */
export function createRruleRule(rrule: Rrule, start: LocalTime): LocalRule {
  const rule = withStart(rrule, toFloating(start));
  const inPhase = phase(rrule, toFloating(start));
  const isByHour = rrule.freq === 'HOURLY';

  /** All times of a day are in phase or none, or all of an hour: a rule may have 1,440 times in each of thousands of days. */
  function firstOn(day: Date, afterMs: number): Date | null {
    let hour = -1;
    let isIn = !isByHour;
    for (const timeMs of rule.timesMs) {
      const time = day.getTime() + timeMs;
      if (time <= afterMs) continue;
      const itsHour = Math.floor(timeMs / HOUR_MS);
      if (isByHour && itsHour !== hour) [hour, isIn] = [itsHour, inPhase(new Date(time))];
      if (isIn) return new Date(time);
    }
    return null;
  }

  return {
    next(after) {
      const afterMs = toFloating(after).getTime();
      const firstDay = afterMs - modulo(afterMs, DAY_MS);
      for (let walked = 0; walked < MOST_DAYS; walked += 1) {
        const day = new Date(firstDay + walked * DAY_MS);
        if (!fitsDay(rule, day) || (!isByHour && !inPhase(day))) continue;
        const found = firstOn(day, afterMs);
        if (found) return fromFloating(found);
      }
      return null;
    },
  };
}

/** A rule with nothing left open. Empty lists let every day pass. */
interface FullRule extends Pick<Rrule, 'byMonth' | 'byMonthDay' | 'byDay'> {
  /** Since midnight, in order. */
  readonly timesMs: readonly number[];
}

/** What a rule leaves out it takes from its start, as RFC 5545 has it: `FREQ=WEEKLY` means on that weekday, at that time. */
function withStart({ freq, byDay, byMonthDay, byMonth, byHour, byMinute }: Rrule, start: Date): FullRule {
  const isOpen = byDay.length === 0 && byMonthDay.length === 0;
  const takesDate = isOpen && (freq === 'MONTHLY' || freq === 'YEARLY');
  const takesMonth = isOpen && freq === 'YEARLY';
  const everyHour = Array.from({ length: 24 }, (_, hour) => hour);
  const hours = orElse(byHour, freq === 'HOURLY' ? everyHour : [start.getUTCHours()]);
  const minutes = orElse(byMinute, [start.getUTCMinutes()]);
  const weekday = WEEKDAYS[start.getUTCDay()] ?? 'SU';
  return {
    byMonth: orElse(byMonth, takesMonth ? [start.getUTCMonth() + 1] : []),
    byMonthDay: orElse(byMonthDay, takesDate ? [start.getUTCDate()] : []),
    byDay: orElse(byDay, isOpen && freq === 'WEEKLY' ? [{ weekday, nth: null }] : []),
    timesMs: hours
      .flatMap((hour) => minutes.map((minute) => hour * HOUR_MS + minute * MINUTE_MS))
      .map((timeMs) => timeMs + start.getUTCSeconds() * 1_000)
      .sort((one, other) => one - other),
  };
}

function fitsDay({ byMonth, byMonthDay, byDay }: FullRule, day: Date): boolean {
  return (
    (byMonth.length === 0 || byMonth.includes(day.getUTCMonth() + 1)) &&
    (byMonthDay.length === 0 || byMonthDay.includes(day.getUTCDate()) || isLastOf(byMonthDay, day)) &&
    (byDay.length === 0 || byDay.some((rule) => fitsWeekday(rule, day)))
  );
}

function isLastOf(byMonthDay: readonly number[], day: Date): boolean {
  return byMonthDay.includes(-1) && daysLater(day, 1).getUTCMonth() !== day.getUTCMonth();
}

function fitsWeekday({ weekday, nth }: DayRule, day: Date): boolean {
  if (WEEKDAYS[day.getUTCDay()] !== weekday) return false;
  if (nth === null) return true;
  if (nth === -1) return daysLater(day, 7).getUTCMonth() !== day.getUTCMonth();
  return Math.ceil(day.getUTCDate() / 7) === nth;
}

/** Whether a time lies in a period that the interval does not leave out; the period of the start is the first. */
function phase({ freq, interval, weekStart }: Rrule, start: Date): (time: Date) => boolean {
  const firstWeekday = WEEKDAYS.indexOf(weekStart);
  const periodOf = (time: Date): number => {
    switch (freq) {
      case 'HOURLY':
        return Math.floor(time.getTime() / HOUR_MS);
      case 'DAILY':
        return Math.floor(time.getTime() / DAY_MS);
      case 'WEEKLY':
        // The first day of 1970 was a Thursday, number 4.
        return Math.floor((Math.floor(time.getTime() / DAY_MS) + 4 - firstWeekday) / 7);
      case 'MONTHLY':
        return time.getUTCFullYear() * 12 + time.getUTCMonth();
      case 'YEARLY':
        return time.getUTCFullYear();
      default:
        return assertNever(freq);
    }
  };
  const first = periodOf(start);
  return (time) => modulo(periodOf(time) - first, interval) === 0;
}

function orElse<Value>(values: readonly Value[], otherwise: readonly Value[]): readonly Value[] {
  return values.length > 0 ? values : otherwise;
}

function daysLater(day: Date, days: number): Date {
  return new Date(day.getTime() + days * DAY_MS);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
