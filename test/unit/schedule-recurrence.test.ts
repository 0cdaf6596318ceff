import { describe, expect, it } from 'vitest';
import { RecurrenceError } from '../../src/schedules/local-rule.ts';
import { fromFloating, type LocalTime } from '../../src/schedules/local-time.ts';
import { createRecurrence, nextLocalTime } from '../../src/schedules/recurrence.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const START = '2026-11-23 09:00:00' as LocalTime; // a Monday

function times(rule: string, count: number, start = START): string[] {
  const recurrence = createRecurrence(rule, start, 'Asia/Jakarta');
  const found: string[] = [];
  let after = '1970-01-01 00:00:00' as LocalTime;
  while (found.length < count) {
    const next = nextLocalTime(recurrence, after);
    if (next === null) break;
    found.push(next);
    after = next;
  }
  return found;
}

/** Dates alone where the time of day is that of the start. */
const dates = (rule: string, count: number, start = START) =>
  times(rule, count, start).map((time) => time.replace(` ${start.slice(11)}`, ''));

describe('an RRULE', () => {
  it.each([
    ['FREQ=DAILY', '2026-11-23 2026-11-24 2026-11-25'],
    ['RRULE:FREQ=DAILY;INTERVAL=3', '2026-11-23 2026-11-26 2026-11-29'],
    ['freq=daily;count=2;', '2026-11-23 2026-11-24'],
    ['FREQ=DAILY;UNTIL=20261124', '2026-11-23 2026-11-24'],
    ['FREQ=DAILY;UNTIL=20261124T085959', '2026-11-23'],
    ['FREQ=DAILY;UNTIL=20261124T020000Z', '2026-11-23 2026-11-24'],
    ['FREQ=DAILY;UNTIL=20261124T015959Z', '2026-11-23'],
    ['FREQ=DAILY;UNTIL=20200101', ''],
    ['FREQ=WEEKLY', '2026-11-23 2026-11-30 2026-12-07'],
    ['FREQ=WEEKLY;BYDAY=MO,FR', '2026-11-23 2026-11-27 2026-11-30'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', '2026-11-29 2026-12-13 2026-12-27'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU', '2026-12-06 2026-12-20 2027-01-03'],
    ['FREQ=MONTHLY', '2026-11-23 2026-12-23 2027-01-23'],
    ['FREQ=MONTHLY;BYMONTHDAY=31', '2026-12-31 2027-01-31 2027-03-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=-1', '2026-11-30 2026-12-31 2027-01-31 2027-02-28'],
    ['FREQ=MONTHLY;BYDAY=1MO', '2026-12-07 2027-01-04 2027-02-01'],
    ['FREQ=MONTHLY;BYDAY=-1FR', '2026-11-27 2026-12-25 2027-01-29'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '2027-08-13 2028-10-13'],
    ['FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1', '2027-04-01 2027-09-01'],
    ['FREQ=YEARLY', '2026-11-23 2027-11-23 2028-11-23'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2028-02-29 2032-02-29'],
    ['FREQ=YEARLY;BYMONTH=3,9;BYDAY=2SU', '2027-03-14 2027-09-12'],
    ['FREQ=YEARLY;INTERVAL=3;BYMONTH=1;BYMONTHDAY=1', '2029-01-01 2032-01-01'],
  ])('%s', (rule, expected) => {
    const wanted = expected === '' ? [] : expected.split(' ');
    expect(dates(rule, Math.max(wanted.length, 1) + (/COUNT|UNTIL/i.test(rule) ? 1 : 0))).toEqual(wanted);
  });

  it('takes the month ends of its start, and leaves out the months without them', () => {
    expect(dates('FREQ=MONTHLY', 3, '2028-01-31 09:00:00' as LocalTime)).toEqual([
      '2028-01-31',
      '2028-03-31',
      '2028-05-31',
    ]);
    expect(dates('FREQ=YEARLY', 3, '2028-02-29 09:00:00' as LocalTime)).toEqual([
      '2028-02-29',
      '2032-02-29',
      '2036-02-29',
    ]);
  });

  it('has hours and minutes', () => {
    expect(times('FREQ=HOURLY;INTERVAL=7', 4)).toEqual([
      '2026-11-23 09:00:00',
      '2026-11-23 16:00:00',
      '2026-11-23 23:00:00',
      '2026-11-24 06:00:00',
    ]);
    expect(times('FREQ=DAILY;BYHOUR=8,20;BYMINUTE=15,45', 4)).toEqual([
      '2026-11-23 20:15:00',
      '2026-11-23 20:45:00',
      '2026-11-24 08:15:00',
      '2026-11-24 08:45:00',
    ]);
    expect(times('FREQ=DAILY', 2, '2026-11-23 09:10:11' as LocalTime)[1]).toBe('2026-11-24 09:10:11');
  });

  it.each([
    ['FREQ=MINUTELY', 'FREQ'],
    ['FREQ=', 'RRULE'],
    ['RRULE:INTERVAL=2', 'FREQ'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
    ['FREQ=DAILY;INTERVAL=x', 'RRULE|INTERVAL'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', 'COUNT'],
    ['FREQ=DAILY;UNTIL=20270230', 'UNTIL'],
    ['FREQ=DAILY;UNTIL=soon', 'UNTIL|RRULE'],
    ['FREQ=DAILY;BYDAY=XX', 'BYDAY'],
    ['FREQ=DAILY;BYDAY=1MO', 'BYDAY'],
    ['FREQ=YEARLY;BYDAY=20MO', 'BYDAY'],
    ['FREQ=MONTHLY;BYDAY=0MO', 'BYDAY'],
    ['FREQ=MONTHLY;BYDAY=-2MO', 'BYDAY'],
    ['FREQ=MONTHLY;BYDAY=+MO', 'BYDAY'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY'],
    ['FREQ=DAILY;BYMONTH=13', 'BYMONTH'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR'],
    ['FREQ=DAILY;BYMINUTE=60', 'BYMINUTE'],
    ['FREQ=DAILY;FREQ=DAILY', 'FREQ'],
    ['FREQ=DAILY;BYSETPOS=1', 'RRULE'],
    ['FREQ=DAILY\nEXDATE=20261124', 'RRULE'],
    ['=', 'RRULE'],
  ])('%j is refused, and told why', (rule, why) => {
    expect(() => times(rule, 1)).toThrow(RecurrenceError);
    expect(() => times(rule, 1)).toThrow(new RegExp(why));
  });

  it('without any time ahead is found out quickly', () => {
    for (const rule of [
      'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=HOURLY;INTERVAL=24;BYHOUR=5',
      'FREQ=DAILY;INTERVAL=7;BYDAY=TU',
      'FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30',
    ]) {
      expect(times(rule, 1)).toEqual([]);
    }
  });

  it('with every minute of days that its interval leaves out is found out quickly, too', () => {
    const upTo = (most: number) => Array.from({ length: most }, (_, number) => number).join(',');
    const everyMinute = `BYHOUR=${upTo(24)};BYMINUTE=${upTo(60)}`;
    const rule = `FREQ=YEARLY;INTERVAL=39;BYDAY=MO,TU,WE,TH,FR,SA,SU;${everyMinute}`;
    // Each of them took seconds once, in which the server did nothing else.
    for (let time = 0; time < 20; time += 1) {
      expect(times(rule, 1, '2026-12-31 23:59:00' as LocalTime)).toEqual(['2026-12-31 23:59:00']);
      const { start } = createRecurrence(rule, '2026-12-31 23:59:00' as LocalTime, 'Asia/Jakarta');
      expect(nextLocalTime({ rule, start, end: null }, start)).toBe('2065-01-01 00:00:00');
    }
    expect(times(`FREQ=HOURLY;INTERVAL=24;BYHOUR=${upTo(9)};BYMINUTE=${upTo(60)}`, 1)).toEqual([]);
  });

  it('with times for more than a century has no end', () => {
    const endOf = (rule: string) => createRecurrence(rule, START, 'Asia/Jakarta').end;
    expect(endOf('FREQ=YEARLY;COUNT=101')).toBe('2126-11-23 09:00:00');
    expect(endOf('FREQ=YEARLY;COUNT=102')).toBeNull();
    expect(endOf('FREQ=YEARLY;INTERVAL=39;COUNT=1000')).toBeNull();
  });
});

describe('a cron pattern', () => {
  it.each([
    ['0 9 * * *', '2026-11-23 09:00:00 2026-11-24 09:00:00'],
    ['30 8 * * 1-5', '2026-11-24 08:30:00 2026-11-25 08:30:00'],
    ['*/20 * * * *', '2026-11-23 09:00:00 2026-11-23 09:20:00 2026-11-23 09:40:00'],
    ['0 0 1 JAN *', '2027-01-01 00:00:00 2028-01-01 00:00:00'],
    ['0 12 13 * FRI', '2026-11-27 12:00:00 2026-12-04 12:00:00 2026-12-11 12:00:00 2026-12-13 12:00:00'],
    ['0 0 29 2 *', '2028-02-29 00:00:00 2032-02-29 00:00:00'],
    ['0 9 L * *', '2026-11-30 09:00:00 2026-12-31 09:00:00'],
    ['0 9 1,31 * *', '2026-12-01 09:00:00 2026-12-31 09:00:00'],
    ['0 9 2,30 * 7', '2026-11-29 09:00:00 2026-11-30 09:00:00 2026-12-02 09:00:00'],
    ['0 9 * * 1#1', '2026-12-07 09:00:00 2027-01-04 09:00:00'],
    ['0 9 * * 5L', '2026-11-27 09:00:00 2026-12-25 09:00:00'],
    ['0 9 * mar-apr Thu', '2027-03-04 09:00:00'],
  ])('%s', (pattern, expected) => {
    const wanted = expected.match(/\S+ \S+/g) ?? [];
    expect(times(pattern, Math.max(wanted.length, 1))).toEqual(wanted);
  });

  it.each([
    '',
    'often',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '@daily',
  ])('"%s" is refused', (pattern) => expect(() => times(pattern, 1)).toThrow(RecurrenceError));
});

interface Sample {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY';
  readonly interval: number;
  readonly byDay: readonly string[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
}

/** Says of a day whether the words of the rule name it, by counting from the start instead of dividing. */
function namedDays({ freq, interval, byDay, byMonthDay, byMonth }: Sample, start: Date, count: number) {
  const found: string[] = [];
  const open = byDay.length + byMonthDay.length === 0;
  let periods = 0;
  for (let day = dayOf(start.getTime()), first = day; day.year < 2060; ) {
    const isNamed =
      (byMonth.length > 0
        ? byMonth.includes(day.month)
        : !(open && freq === 'YEARLY') || day.month === first.month) &&
      (byMonthDay.length === 0 ||
        byMonthDay.some((each) => day.day === (each < 0 ? day.daysInMonth : each))) &&
      (byDay.length === 0 || byDay.includes(day.weekday)) &&
      (!open ||
        freq === 'DAILY' ||
        (freq === 'WEEKLY' ? day.weekday === first.weekday : day.day === first.day));
    if (isNamed && periods % interval === 0) found.push(day.text);
    if (found.length === count) break;
    const next = dayOf(day.at + 86_400_000);
    const begins = {
      DAILY: true,
      WEEKLY: next.weekday === 'MO',
      MONTHLY: next.day === 1,
      YEARLY: next.day === 1 && next.month === 1,
    };
    if (begins[freq]) periods += 1;
    day = next;
  }
  return found;
}

/** A day in UTC by numbers alone: a rule may look at thirty years of them, which a calendar library makes slow. */
function dayOf(at: number) {
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    at,
    text: date.toISOString().slice(0, 10),
    year,
    month: month + 1,
    day: date.getUTCDate(),
    weekday: ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'][date.getUTCDay()] ?? '',
    daysInMonth: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
  };
}

it('1,000 random rules name the days that a reader of the rule would', () => {
  const random = createSeededRandom(5545);
  const below = (limit: number) => Math.floor(random.next() * limit);
  const some = <Value>(values: readonly Value[], chance: number): Value[] =>
    random.next() < chance ? values.filter(() => random.next() < 0.25) : [];
  for (let round = 0; round < 1_000; round += 1) {
    const freq = (['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const)[below(4)] ?? 'DAILY';
    const interval = 1 + below(freq === 'YEARLY' ? 2 : 4);
    const byDay = some(['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'], 0.5);
    const byMonthDay = freq === 'WEEKLY' ? [] : some([1, 13, 29, 31, -1], 0.3);
    const byMonth = some([1, 2, 6, 11], 0.25);
    const start = new Date(Date.UTC(2026, below(12), 1 + below(28), 9));
    const parts = Object.entries({ BYDAY: byDay, BYMONTHDAY: byMonthDay, BYMONTH: byMonth });
    const written = parts
      .filter(([, values]) => values.length > 0)
      .map(([name, values]) => `${name}=${values}`);
    const rule = [`FREQ=${freq}`, `INTERVAL=${interval}`, ...written].join(';');
    const named = namedDays({ freq, interval, byDay, byMonthDay, byMonth }, start, 4);
    const found = dates(rule, 4, fromFloating(start)).slice(0, named.length);
    expect(found, `${rule} from ${start.toISOString()}`).toEqual(named);
  }
});
