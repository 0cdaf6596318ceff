import { describe, expect, it } from 'vitest';
import type { LocalTime } from '../../src/schedules/local-time.ts';
import { nextOccurrence } from '../../src/schedules/occurrence.ts';
import { createRecurrence } from '../../src/schedules/recurrence.ts';
import { localTimeAt } from '../../src/schedules/zone.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

interface Case {
  readonly zone: string;
  readonly rule: string;
  readonly start: string;
  /** Moments in UTC. */
  readonly runs: readonly string[];
}

/** The moments at which a schedule runs that is never late, from its start on. */
function runsOf({ zone, rule, start }: Omit<Case, 'runs'>, count: number, after = new Date(0)): string[] {
  const recurrence = createRecurrence(rule, start as LocalTime, zone);
  const runs: string[] = [];
  for (let now = after; runs.length < count; ) {
    const next = nextOccurrence(recurrence, zone, now);
    if (next === null) break;
    runs.push(next.runAt.toISOString().slice(0, 19));
    now = next.runAt;
  }
  return runs;
}

const CASES: Record<string, Case> = {
  'Jakarta has one offset the whole year': {
    zone: 'Asia/Jakarta',
    rule: 'FREQ=MONTHLY;INTERVAL=4',
    start: '2026-11-23 08:00:00',
    runs: ['2026-11-23T01:00:00', '2027-03-23T01:00:00', '2027-07-23T01:00:00'],
  },
  'New York stays at nine on its clocks when they are set forward': {
    zone: 'America/New_York',
    rule: 'FREQ=DAILY',
    start: '2027-03-13 09:00:00',
    runs: ['2027-03-13T14:00:00', '2027-03-14T13:00:00', '2027-03-15T13:00:00'],
  },
  'and when they are set back': {
    zone: 'America/New_York',
    rule: '0 9 * * *',
    start: '2026-10-31 00:00:00',
    runs: ['2026-10-31T13:00:00', '2026-11-01T14:00:00', '2026-11-02T14:00:00'],
  },
  'a time in the gap comes at the first moment after it, and the days after at its own time': {
    zone: 'America/New_York',
    rule: 'FREQ=DAILY',
    start: '2027-03-13 02:30:00',
    runs: ['2027-03-13T07:30:00', '2027-03-14T07:00:00', '2027-03-15T06:30:00'],
  },
  'several times in the gap come once': {
    zone: 'America/New_York',
    rule: '*/30 1-3 14 3 *',
    start: '2027-03-01 00:00:00',
    runs: [
      '2027-03-14T06:00:00',
      '2027-03-14T06:30:00',
      '2027-03-14T07:00:00',
      '2027-03-14T07:30:00',
      '2028-03-14T05:00:00',
    ],
  },
  'a time that comes twice counts the first time': {
    zone: 'Europe/Berlin',
    rule: 'FREQ=DAILY',
    start: '2026-10-24 02:30:00',
    runs: ['2026-10-24T00:30:00', '2026-10-25T00:30:00', '2026-10-26T01:30:00'],
  },
  'every hour on the clock, so the hour that is repeated counts once': {
    zone: 'Europe/Berlin',
    rule: '0 * * * *',
    start: '2026-10-25 01:00:00',
    runs: ['2026-10-24T23:00:00', '2026-10-25T00:00:00', '2026-10-25T02:00:00', '2026-10-25T03:00:00'],
  },
  'Berlin in spring': {
    zone: 'Europe/Berlin',
    rule: 'FREQ=WEEKLY;BYDAY=SU',
    start: '2027-03-21 02:00:00',
    runs: ['2027-03-21T01:00:00', '2027-03-28T01:00:00', '2027-04-04T00:00:00'],
  },
  'Lord Howe moves by half an hour: forward': {
    zone: 'Australia/Lord_Howe',
    rule: 'FREQ=DAILY',
    start: '2027-10-02 02:10:00',
    runs: ['2027-10-01T15:40:00', '2027-10-02T15:30:00', '2027-10-03T15:10:00'],
  },
  'and back': {
    zone: 'Australia/Lord_Howe',
    rule: 'FREQ=DAILY',
    start: '2027-04-03 01:45:00',
    runs: ['2027-04-02T14:45:00', '2027-04-03T14:45:00', '2027-04-04T15:15:00'],
  },
  'a leap day comes in leap years': {
    zone: 'Asia/Jakarta',
    rule: 'FREQ=YEARLY',
    start: '2028-02-29 00:00:00',
    runs: ['2028-02-28T17:00:00', '2032-02-28T17:00:00'],
  },
  'the last day of the month': {
    zone: 'Europe/Berlin',
    rule: 'FREQ=MONTHLY;BYMONTHDAY=-1',
    start: '2028-01-31 23:59:59',
    runs: ['2028-01-31T22:59:59', '2028-02-29T22:59:59', '2028-03-31T21:59:59'],
  },
  'an end in UTC is a moment': {
    zone: 'America/New_York',
    rule: 'FREQ=DAILY;UNTIL=20270314T130000Z',
    start: '2027-03-13 09:00:00',
    runs: ['2027-03-13T14:00:00', '2027-03-14T13:00:00'],
  },
};

it.each(Object.entries(CASES))('%s', (_, { runs, ...rest }) => {
  expect(runsOf(rest, runs.length)).toEqual(runs);
});

describe('the next time', () => {
  it('after years of absence is found without going through all those between', () => {
    const daily = { zone: 'Asia/Jakarta', rule: '* * * * *', start: '2026-11-23 08:00:00' };
    expect(runsOf(daily, 1, new Date('2046-11-23T00:00:30Z'))).toEqual(['2046-11-23T00:01:00']);
  });

  it('in the repeated hour is not before the moment one asks', () => {
    const often = { zone: 'America/New_York', rule: '*/30 * * * *', start: '2026-11-01 00:00:00' };
    expect(runsOf(often, 2, new Date('2026-11-01T06:10:00Z'))).toEqual([
      '2026-11-01T07:00:00',
      '2026-11-01T07:30:00',
    ]);
  });
});

it('10,000 random moments: the next time is later, is on the clock of the rule, and nothing lies between', () => {
  const random = createSeededRandom(14);
  const zones = ['Asia/Jakarta', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe'];
  for (let round = 0; round < 10_000; round += 1) {
    const zone = zones[round % zones.length] ?? 'UTC';
    const minute = Math.floor(random.next() * 1440);
    const clock = [Math.floor(minute / 60), minute % 60]
      .map((part) => String(part).padStart(2, '0'))
      .join(':');
    const start = `2026-01-01 ${clock}:00` as LocalTime;
    const recurrence = { rule: 'FREQ=DAILY', start, end: null };
    const now = new Date(Date.UTC(2026, 5, 1) + Math.floor(random.next() * 5 * 365 * 86_400_000));
    const next = nextOccurrence(recurrence, zone, now);
    if (next === null) throw new Error('a daily time has no next');
    const aheadMs = next.runAt.getTime() - now.getTime();
    expect(aheadMs).toBeGreaterThan(0);
    // A day has 23 to 25 hours; a time in the gap comes up to an hour earlier or later than its neighbours.
    expect(aheadMs).toBeLessThanOrEqual(25 * 3_600_000);
    expect(next.localTime.slice(11, 16)).toBe(clock);
    const shown = localTimeAt(next.runAt, zone);
    if (shown !== next.localTime) expect(shown.slice(14)).toBeOneOf(['00:00', '30:00']);
  }
});
