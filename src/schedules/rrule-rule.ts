import { assertNever } from '../shared/exhaustive.ts';
import { cronRule } from './cron-rule.ts';
import type { LocalRule } from './local-rule.ts';
import { fromFloating, type LocalTime, toFloating } from './local-time.ts';
import { type DayRule, type Rrule, WEEKDAYS, type Weekday } from './rrule.ts';

/** Periods looked into before a rule is said to have no next time; each costs some ten microseconds. */
const MOST_PERIODS = 500;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The times of an RRULE from its start, which is not one of them unless it fits: which days and times a period has is a
 * cron pattern, which periods count is the interval. Throws RecurrenceError.
 */
export function createRruleRule(rrule: Rrule, start: LocalTime): LocalRule {
  const calendar = cronRule(patternOf(rrule, start), { mode: '6-part', days: 'both' });
  const { indexOf, startOf } = periods(rrule);
  const first = indexOf(toFloating(start));

  return {
    next(after) {
      let cursor = after;
      for (let looked = 0; looked < MOST_PERIODS; looked += 1) {
        const candidate = calendar.next(cursor);
        if (candidate === null) return null;
        const index = indexOf(toFloating(candidate));
        const past = (index - first) % rrule.interval;
        if (past === 0) return candidate;
        cursor = fromFloating(new Date(startOf(index - past + rrule.interval).getTime() - 1_000));
      }
      return null;
    },
  };
}

/** What a rule leaves out it takes from its start, as RFC 5545 has it: `FREQ=WEEKLY` means on that weekday, at that time. */
function patternOf(rule: Rrule, start: LocalTime): string {
  const at = toFloating(start);
  const { freq, byDay, byMonthDay, byMonth, byHour, byMinute } = rule;
  const isOpen = byDay.length === 0 && byMonthDay.length === 0;
  const dayOfStart = isOpen && (freq === 'MONTHLY' || freq === 'YEARLY');
  return [
    at.getUTCSeconds(),
    list(byMinute, at.getUTCMinutes()),
    list(byHour, freq === 'HOURLY' ? '*' : at.getUTCHours()),
    list(byMonthDay.map(monthDay), dayOfStart ? at.getUTCDate() : '*'),
    list(byMonth, isOpen && freq === 'YEARLY' ? at.getUTCMonth() + 1 : '*'),
    list(byDay.map(weekday), isOpen && freq === 'WEEKLY' ? at.getUTCDay() : '*'),
  ].join(' ');
}

function list(values: readonly (string | number)[], otherwise: string | number): string | number {
  return values.length > 0 ? values.join(',') : otherwise;
}

function monthDay(day: number): string {
  return day === -1 ? 'L' : String(day);
}

function weekday({ weekday: name, nth }: DayRule): string {
  const day = WEEKDAYS.indexOf(name);
  if (nth === null) return String(day);
  return nth === -1 ? `${day}#L` : `${day}#${nth}`;
}

interface Periods {
  /** Counts the hours, days, weeks, months or years. */
  indexOf(floating: Date): number;
  startOf(index: number): Date;
}

function periods({ freq, weekStart }: Pick<Rrule, 'freq' | 'weekStart'>): Periods {
  switch (freq) {
    case 'HOURLY':
      return equalPeriods(HOUR_MS, 0);
    case 'DAILY':
      return equalPeriods(DAY_MS, 0);
    case 'WEEKLY':
      return equalPeriods(7 * DAY_MS, firstWeekMs(weekStart));
    case 'MONTHLY':
      return {
        indexOf: (floating) => floating.getUTCFullYear() * 12 + floating.getUTCMonth(),
        startOf: (index) => new Date(Date.UTC(Math.floor(index / 12), index % 12)),
      };
    case 'YEARLY':
      return {
        indexOf: (floating) => floating.getUTCFullYear(),
        startOf: (index) => new Date(Date.UTC(index, 0)),
      };
    default:
      return assertNever(freq);
  }
}

function equalPeriods(lengthMs: number, offsetMs: number): Periods {
  return {
    indexOf: (floating) => Math.floor((floating.getTime() - offsetMs) / lengthMs),
    startOf: (index) => new Date(index * lengthMs + offsetMs),
  };
}

/** The first day of 1970 was a Thursday. */
function firstWeekMs(weekStart: Weekday): number {
  return (WEEKDAYS.indexOf(weekStart) - WEEKDAYS.indexOf('TH')) * DAY_MS;
}
