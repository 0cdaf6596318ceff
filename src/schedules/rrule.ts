import { RecurrenceError } from './local-rule.ts';
import { type LocalTime, parseLocalTime } from './local-time.ts';

/** The subset of RFC 5545 recurrence rules that schedules know. Empty lists mean that the part was left out. */
export interface Rrule {
  readonly freq: Frequency;
  readonly interval: number;
  readonly count: number | null;
  readonly until: Until | null;
  readonly byDay: readonly DayRule[];
  /** 1 to 31, and -1 for the last day. */
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly byHour: readonly number[];
  readonly byMinute: readonly number[];
  readonly weekStart: Weekday;
}

/** `nth`: of the month, -1 for the last; null for every one. */
export interface DayRule {
  readonly weekday: Weekday;
  readonly nth: number | null;
}

export type Until =
  | { readonly kind: 'local'; readonly time: LocalTime }
  | { readonly kind: 'utc'; readonly at: Date };

const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** In the order of Date.getUTCDay. */
export const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const PARTS = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYDAY',
  'BYMONTHDAY',
  'BYMONTH',
  'BYHOUR',
  'BYMINUTE',
  'WKST',
];
/** Every occurrence of a counted rule is looked at when it is accepted. */
const MOST_COUNTED = 1_000;

/** Reads `RRULE:FREQ=…;…`, the prefix may be left out. Throws RecurrenceError for what it does not know. */
export function parseRrule(text: string): Rrule {
  const parts = partsOf(text);
  const rule: Rrule = {
    freq: oneOf('FREQ', FREQUENCIES, parts.get('FREQ')),
    interval: whole('INTERVAL', parts.get('INTERVAL') ?? '1', [1, 1_000]),
    count: optional(parts.get('COUNT'), (value) => whole('COUNT', value, [1, MOST_COUNTED])),
    until: optional(parts.get('UNTIL'), parseUntil),
    byDay: listOf(parts.get('BYDAY')).map(parseDay),
    byMonthDay: listOf(parts.get('BYMONTHDAY')).map(parseMonthDay),
    byMonth: listOf(parts.get('BYMONTH')).map((value) => whole('BYMONTH', value, [1, 12])),
    byHour: listOf(parts.get('BYHOUR')).map((value) => whole('BYHOUR', value, [0, 23])),
    byMinute: listOf(parts.get('BYMINUTE')).map((value) => whole('BYMINUTE', value, [0, 59])),
    weekStart: oneOf('WKST', WEEKDAYS, parts.get('WKST') ?? 'MO'),
  };
  refuseContradictions(rule);
  return rule;
}

function refuseContradictions({ freq, count, until, byDay, byMonthDay, byMonth }: Rrule): void {
  if (count !== null && until !== null) throw new RecurrenceError('COUNT and UNTIL exclude each other');
  if (freq === 'WEEKLY' && byMonthDay.length > 0) {
    throw new RecurrenceError('BYMONTHDAY does not go with FREQ=WEEKLY');
  }
  const inMonth = freq === 'MONTHLY' || (freq === 'YEARLY' && byMonth.length > 0);
  if (!inMonth && byDay.some(({ nth }) => nth !== null)) {
    throw new RecurrenceError('a numbered BYDAY goes with FREQ=MONTHLY, or with FREQ=YEARLY and BYMONTH');
  }
}

function partsOf(text: string): Map<string, string> {
  const parts = new Map<string, string>();
  const body = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '');
  for (const part of body.split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=([A-Z0-9,+-]+)$/.exec(part) ?? [];
    if (!PARTS.includes(name)) throw new RecurrenceError(`an RRULE here has ${PARTS.join(', ')} only`);
    if (parts.has(name)) throw new RecurrenceError(`${name} is there twice`);
    parts.set(name, value);
  }
  return parts;
}

/** `20261231`: to the end of that day; `20261231T170000`: on the schedule's clock; with a Z: in UTC. */
function parseUntil(value: string): Until {
  const [, year, month, day, time, zulu] = /^(\d{4})(\d{2})(\d{2})(?:T(\d{6})(Z?))?$/.exec(value) ?? [];
  const clock = (time ?? '235959').replace(/(..)(..)(..)/, '$1:$2:$3');
  const local = parseLocalTime(`${year}-${month}-${day} ${clock}`);
  if (local === null) throw new RecurrenceError('UNTIL is a time such as 20261231T170000');
  return zulu === 'Z'
    ? { kind: 'utc', at: new Date(`${local.replace(' ', 'T')}Z`) }
    : { kind: 'local', time: local };
}

function parseDay(value: string): DayRule {
  const [, sign = '', number, weekday] = /^([+-]?)(\d?)(\w\w)$/.exec(value) ?? [];
  const nth = number ? Number(`${sign}${number}`) : null;
  const known = nth === null ? sign === '' : nth === -1 || (nth >= 1 && nth <= 5);
  if (!known) throw new RecurrenceError('BYDAY has days such as MO, 1MO (the first) or -1FR (the last)');
  return { weekday: oneOf('BYDAY', WEEKDAYS, weekday), nth };
}

function parseMonthDay(value: string): number {
  return value === '-1' ? -1 : whole('BYMONTHDAY', value, [1, 31]);
}

function listOf(value: string | undefined): string[] {
  return value?.split(',') ?? [];
}

function optional<Value>(value: string | undefined, parse: (value: string) => Value): Value | null {
  return value === undefined ? null : parse(value);
}

function whole(name: string, value: string, [min, max]: readonly [number, number]): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new RecurrenceError(`${name} is a whole number from ${min} to ${max}`);
}

function oneOf<Word extends string>(name: string, words: readonly Word[], value: string | undefined): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new RecurrenceError(`${name} is one of ${words.join(', ')}`);
  return found;
}
