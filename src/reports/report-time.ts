import { fromFloating, type LocalTime, parseLocalTime, toFloating } from '../schedules/local-time.ts';
import { localTimeAt, resolveLocalTime } from '../schedules/zone.ts';
import { AppError } from '../shared/errors.ts';
import type { TimeRange } from './history.ts';

/** A day as the calendar of a zone has it, `YYYY-MM-DD`. */
export type LocalDay = string & { readonly __brand: 'LocalDay' };

/** How a caller says when: one day, or a first and a last moment, each a day or a time. */
export interface WrittenRange {
  readonly date?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** A day of a zone with the instants it lasts; 23 or 25 hours when the clocks change. */
export interface Day {
  readonly day: LocalDay;
  readonly from: Date;
  readonly to: Date;
}

/**
 * The instants a caller means, in the zone where no offset is given. The end is inclusive as it is written: a whole day, or
 * the whole of its last second. Throws DATE_INVALID, and DATE_RANGE_INVALID when the end lies before the start.
 */
export function readRange({ date, start, end }: WrittenRange, zone: string): TimeRange {
  if (date !== undefined && (start !== undefined || end !== undefined))
    throw new AppError('DATE_RANGE_INVALID', { reason: 'either date, or start_date and end_date' });
  if (date !== undefined) {
    const { day } = readMoment(date, zone);
    return dayOf(day, zone);
  }
  const from = start === undefined ? null : readMoment(start, zone).from;
  const to = end === undefined ? null : readMoment(end, zone).to;
  if (from && to && from >= to)
    throw new AppError('DATE_RANGE_INVALID', { reason: 'the end lies before the start' });
  return { from, to };
}

/** The day a caller means, also by a time on it. Throws DATE_INVALID. */
export function readDay(text: string, zone: string): LocalDay {
  return readMoment(text, zone).day;
}

/** The days from the first to the last, inclusive. Throws DATE_RANGE_INVALID when there are none, or more than `most`. */
export function daysFrom(first: LocalDay, last: LocalDay, most: number): LocalDay[] {
  if (last < first) throw new AppError('DATE_RANGE_INVALID', { reason: 'the end lies before the start' });
  const days: LocalDay[] = [];
  for (let day = first; day <= last; day = dayAfter(day)) {
    if (days.length === most) throw new AppError('DATE_RANGE_INVALID', { reason: `more than ${most} days` });
    days.push(day);
  }
  return days;
}

/** When the day begins and ends. */
export function dayOf(day: LocalDay, zone: string): Day {
  return { day, from: midnight(day, zone), to: midnight(dayAfter(day), zone) };
}

/** The day the calendar of the zone shows then. */
export function dayAt(at: Date, zone: string): LocalDay {
  return localTimeAt(at, zone).slice(0, 10) as LocalDay;
}

/** As many days later, or earlier when negative. */
export function plusDays(day: LocalDay, days: number): LocalDay {
  const floating = toFloating(`${day} 00:00:00` as LocalTime);
  return fromFloating(new Date(floating.getTime() + days * 86_400_000)).slice(0, 10) as LocalDay;
}

const dayAfter = (day: LocalDay) => plusDays(day, 1);

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A plus sign that was not escaped arrives as a space. */
const WITH_OFFSET = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?(Z|[+\- ]\d{2}:?\d{2})$/i;
const FRACTION = /\.\d{1,9}$/;

interface Moment {
  readonly from: Date;
  /** The first instant after what was written. */
  readonly to: Date;
  readonly day: LocalDay;
}

function readMoment(written: string, zone: string): Moment {
  const text = written.trim();
  if (DAY.test(text)) {
    if (parseLocalTime(`${text} 00:00:00`) === null || !isInRange(text)) throw invalid();
    return dayOf(text as LocalDay, zone);
  }
  const exact = WITH_OFFSET.exec(text);
  if (exact) return exactMoment(exact, zone);
  const local = parseLocalTime(text);
  if (local === null || !isInRange(local)) throw invalid();
  const resolved = resolveLocalTime(local, zone);
  const at = resolved.kind === 'time' ? resolved.at : resolved.firstAfter;
  return momentAt(new Date(at.getTime() + fractionMs(FRACTION.exec(text)?.[0])), FRACTION.test(text), local);
}

function exactMoment([, time = '', fraction, offset = '']: RegExpExecArray, zone: string): Moment {
  const local = parseLocalTime(time);
  if (local === null || !isInRange(local)) throw invalid();
  const [, sign, hours = '00', minutes = '00'] = /^([+\- ])(\d{2}):?(\d{2})$/.exec(offset) ?? [];
  if (Number(hours) > 18 || Number(minutes) > 59) throw invalid();
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const at = new Date(toFloating(local).getTime() - ahead + fractionMs(fraction));
  return momentAt(at, fraction !== undefined, localTimeAt(at, zone));
}

function momentAt(at: Date, isExact: boolean, local: LocalTime): Moment {
  const last = isExact ? 1 : 1_000;
  return { from: at, to: new Date(at.getTime() + last), day: local.slice(0, 10) as LocalDay };
}

const fractionMs = (fraction = '') => Math.trunc(Number(`0${fraction}`) * 1_000);

/** Both databases know these years. */
const isInRange = (text: string) => text >= '1970-01-02' && text < '9999-12-30';

const invalid = () => new AppError('DATE_INVALID');

/** A zone that sets its clocks forward at midnight begins the day at the moment they are set. */
function midnight(day: LocalDay, zone: string): Date {
  const resolved = resolveLocalTime(`${day} 00:00:00` as LocalTime, zone);
  return resolved.kind === 'time' ? resolved.at : resolved.firstAfter;
}
