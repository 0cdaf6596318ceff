import { describe, expect, it } from 'vitest';
import {
  dayOf,
  daysFrom,
  type LocalDay,
  readDay,
  readRange,
  type WrittenRange,
} from '../../src/reports/report-time.ts';
import { AppError } from '../../src/shared/errors.ts';

const JAKARTA = 'Asia/Jakarta';
const shown = ({ from, to }: { from: Date | null; to: Date | null }) => [
  from?.toISOString() ?? null,
  to?.toISOString() ?? null,
];
const codeOf = (run: () => unknown) => {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof AppError ? error.code : error;
  }
};

describe('a range as callers write it', () => {
  it.each<[WrittenRange, string | null, string | null]>([
    [{}, null, null],
    [{ date: '2026-03-01' }, '2026-02-28T17:00:00.000Z', '2026-03-01T17:00:00.000Z'],
    [{ date: '2026-03-01 13:45:00' }, '2026-02-28T17:00:00.000Z', '2026-03-01T17:00:00.000Z'],
    [{ start: '2026-03-01' }, '2026-02-28T17:00:00.000Z', null],
    [{ end: '2026-03-01' }, null, '2026-03-01T17:00:00.000Z'],
    [
      { start: '2026-03-01 08:00:00', end: '2026-03-01 08:00:00' },
      '2026-03-01T01:00:00.000Z',
      '2026-03-01T01:00:01.000Z',
    ],
    [{ start: '2026-03-01T08:00' }, '2026-03-01T01:00:00.000Z', null],
    [{ start: '2026-03-01T08:00:00Z' }, '2026-03-01T08:00:00.000Z', null],
    [
      { start: '2026-03-01T08:00:00.250Z', end: '2026-03-01T08:00:00.250Z' },
      '2026-03-01T08:00:00.250Z',
      '2026-03-01T08:00:00.251Z',
    ],
    [{ start: '2026-03-01T08:00:00-05:30' }, '2026-03-01T13:30:00.000Z', null],
    [{ start: '2026-03-01T08:00:00 07:00' }, '2026-03-01T01:00:00.000Z', null],
  ])('%j', (written, from, to) => {
    expect(shown(readRange(written, JAKARTA))).toEqual([from, to]);
  });

  it.each([
    'today',
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '01-02-2026',
    '2026-03-01 25:00:00',
    '2026-03-01T08:00:00+99:00',
    '0001-01-01',
    '9999-12-31',
    "2026-03-01' or '1'='1",
    '20260301',
    '1767225600',
  ])('refuses %j', (date) => {
    expect(codeOf(() => readRange({ date }, JAKARTA))).toBe('DATE_INVALID');
    expect(codeOf(() => readRange({ start: date }, JAKARTA))).toBe('DATE_INVALID');
    expect(codeOf(() => readRange({ end: date }, JAKARTA))).toBe('DATE_INVALID');
  });

  it.each<WrittenRange>([
    { start: '2026-03-02', end: '2026-03-01' },
    { start: '2026-03-01 08:00:01', end: '2026-03-01 08:00:00' },
    { date: '2026-03-01', start: '2026-03-01' },
  ])('refuses %j', (written) => {
    expect(codeOf(() => readRange(written, JAKARTA))).toBe('DATE_RANGE_INVALID');
  });
});

describe('a day of a zone', () => {
  const hours = (day: string, zone: string) => {
    const { from, to } = dayOf(readDay(day, zone), zone);
    return (to.getTime() - from.getTime()) / 3_600_000;
  };

  it.each([
    ['2026-06-15', 'Europe/Berlin', 24],
    ['2026-03-29', 'Europe/Berlin', 23],
    ['2026-10-25', 'Europe/Berlin', 25],
    ['2026-04-05', 'Australia/Lord_Howe', 24.5],
    // Cairo sets its clocks forward at midnight.
    ['2026-04-24', 'Africa/Cairo', 23],
    ['2026-11-01', 'America/Havana', 25],
  ])('%s in %s has %d hours', (day, zone, expected) => {
    expect(hours(day, zone)).toBe(expected);
  });

  it('begins when the clocks are set, where there is no midnight', () => {
    expect(dayOf(readDay('2026-04-24', 'Africa/Cairo'), 'Africa/Cairo').from.toISOString()).toBe(
      '2026-04-23T22:00:00.000Z',
    );
  });

  it('follows the day before without a gap, over a year', () => {
    for (const zone of [
      'Europe/Berlin',
      'Africa/Cairo',
      'America/Havana',
      'Pacific/Apia',
      'Asia/Kathmandu',
    ]) {
      const days = daysFrom(readDay('2026-01-01', zone), readDay('2026-12-31', zone), 366).map((day) =>
        dayOf(day, zone),
      );
      expect(days).toHaveLength(365);
      for (const [index, day] of days.slice(1).entries()) expect(day.from).toEqual(days[index]?.to);
    }
  });

  it('is one of at most so many', () => {
    const day = (text: string) => text as LocalDay;
    expect(daysFrom(day('2024-01-01'), day('2024-12-31'), 366)).toHaveLength(366);
    expect(codeOf(() => daysFrom(day('2024-01-01'), day('2025-01-01'), 366))).toBe('DATE_RANGE_INVALID');
    expect(codeOf(() => daysFrom(day('2024-01-02'), day('2024-01-01'), 366))).toBe('DATE_RANGE_INVALID');
  });
});
