import { describe, expect, it } from 'vitest';
import type { LocalTime } from '../../src/schedules/local-time.ts';
import { newTiming, type TimingEdit, timingAfter } from '../../src/schedules/schedule-edit.ts';
import { EditScheduleBody, ScheduleMessageBody } from '../../src/schedules/schedule-schemas.ts';
import { AppError } from '../../src/shared/errors.ts';
import { scheduleWith } from '../support/schedules.ts';

const NOW = new Date('2026-11-21T00:00:00Z');

/** What a body comes to, with the server in Jakarta. */
function timingOf(body: { scheduleTime?: string; timezone?: string; recurrence?: string }, now = NOW) {
  const { scheduleTime, timezone, recurrence } = ScheduleMessageBody.parse({
    to: '08123',
    message: 'x',
    ...body,
  });
  return newTiming(
    {
      scheduleTime: scheduleTime ?? null,
      timezone: timezone ?? 'Asia/Jakarta',
      recurrence: recurrence ?? null,
    },
    now,
  );
}

function refusalOf(work: () => unknown): { code: string; details: Readonly<Record<string, unknown>> } {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('once', () => {
  it.each([
    [{ scheduleTime: '2026-11-23 09:00:00' }, '2026-11-23T02:00:00', '2026-11-23 09:00:00'],
    [{ scheduleTime: '2026-11-23T09:00' }, '2026-11-23T02:00:00', '2026-11-23 09:00:00'],
    [{ scheduleTime: '2026-11-23T09:00:00Z' }, '2026-11-23T09:00:00', '2026-11-23 16:00:00'],
    [{ scheduleTime: '2026-11-23t09:00:00.750-0500' }, '2026-11-23T14:00:00', '2026-11-23 21:00:00'],
    [
      { scheduleTime: '2026-11-23 09:00:00', timezone: 'Europe/Berlin' },
      '2026-11-23T08:00:00',
      '2026-11-23 09:00:00',
    ],
    // The second half past one, which no local time can name.
    [
      { scheduleTime: '2027-11-07T01:30:00-05:00', timezone: 'America/New_York' },
      '2027-11-07T06:30:00',
      '2027-11-07 01:30:00',
    ],
  ])('%j', (body, runAt, localTime) => {
    expect(timingOf(body)).toMatchObject({ runAt: new Date(`${runAt}Z`), localTime, recurrence: null });
  });

  it('in the past is refused, also by a second', () => {
    const past = refusalOf(() => timingOf({ scheduleTime: '2026-11-21 07:00:00' }));
    expect(past).toMatchObject({
      code: 'SCHEDULE_TIME_PAST',
      details: { runAt: '2026-11-21T00:00:00.000Z', now: NOW.toISOString() },
    });
    expect(timingOf({ scheduleTime: '2026-11-21 07:00:01' }).runAt).toEqual(new Date('2026-11-21T00:00:01Z'));
  });

  it('in the gap of a clock that is set forward is refused, and told why', () => {
    const gap = { scheduleTime: '2027-03-28 02:30:00', timezone: 'Europe/Berlin' };
    expect(refusalOf(() => timingOf(gap))).toMatchObject({
      code: 'SCHEDULE_TIME_IMPOSSIBLE',
      details: {
        scheduleTime: '2027-03-28 02:30:00',
        timezone: 'Europe/Berlin',
        reason: expect.stringContaining('set forward'),
        firstTimeAfter: '2027-03-28 03:00:00',
      },
    });
  });
});

describe('again and again', () => {
  it('begins with the first time of the rule that is not before its start', () => {
    expect(
      timingOf({ scheduleTime: '2026-11-23 09:00:00', recurrence: 'FREQ=WEEKLY;BYDAY=WE' }),
    ).toMatchObject({
      localTime: '2026-11-25 09:00:00',
      recurrence: { start: '2026-11-23 09:00:00' },
    });
    expect(timingOf({ scheduleTime: '2026-11-23 09:00:00', recurrence: '30 8 * * *' }).localTime).toBe(
      '2026-11-24 08:30:00',
    );
    const gap = { scheduleTime: '2027-03-28 02:30:00', timezone: 'Europe/Berlin', recurrence: 'FREQ=DAILY' };
    expect(timingOf(gap).runAt).toEqual(new Date('2027-03-28T01:00:00Z'));
  });

  it('begins now where a cron pattern has no start', () => {
    expect(timingOf({ recurrence: '0 * * * *' }).localTime).toBe('2026-11-21 08:00:00');
  });

  it.each([
    [{ recurrence: 'FREQ=DAILY' }, 'SCHEDULE_RECURRENCE_INVALID', 'scheduleTime'],
    [
      { scheduleTime: '2026-11-23 09:00:00', recurrence: 'FREQ=DAYLY' },
      'SCHEDULE_RECURRENCE_INVALID',
      'FREQ',
    ],
    [{ scheduleTime: '2026-11-23 09:00:00', recurrence: 'often' }, 'SCHEDULE_RECURRENCE_INVALID', 'cron'],
    [
      { scheduleTime: '2026-11-23 09:00:00', recurrence: 'FREQ=DAILY;UNTIL=20261101' },
      'SCHEDULE_RECURRENCE_INVALID',
      'no time ahead',
    ],
    [
      { scheduleTime: '2026-11-23 09:00:00', recurrence: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31' },
      'SCHEDULE_RECURRENCE_INVALID',
      'no time ahead',
    ],
    [{ scheduleTime: '2026-11-20 09:00:00', recurrence: 'FREQ=DAILY' }, 'SCHEDULE_TIME_PAST', ''],
  ])('%j is refused', (body, code, reason) => {
    const refusal = refusalOf(() => timingOf(body));
    expect(refusal.code).toBe(code);
    expect(JSON.stringify(refusal.details)).toContain(reason);
  });
});

describe('an edit', () => {
  const daily = scheduleWith({
    recurrence: {
      rule: 'FREQ=DAILY;COUNT=3',
      start: '2026-11-21 09:00:00' as LocalTime,
      end: '2026-11-23 09:00:00' as LocalTime,
    },
  });
  const edit = (schedule: typeof daily, body: object, now = NOW) => {
    const { message: _text, missedPolicy: _policy, ...timing } = EditScheduleBody.parse(body);
    return timingAfter(schedule, timing satisfies TimingEdit, now);
  };

  it('of the text leaves the time alone', () => {
    expect(edit(daily, { message: 'good evening' })).toEqual({});
  });

  it('of the zone keeps what the clocks show', () => {
    const berlin = { timezone: 'Europe/Berlin' };
    expect(edit(scheduleWith(), berlin)).toMatchObject({
      localTime: '2026-11-23 09:00:00',
      runAt: new Date('2026-11-23T08:00:00Z'),
    });
    const days = edit(daily, berlin, new Date('2026-11-22T12:00:00Z'));
    expect(days).toMatchObject({
      runAt: new Date('2026-11-23T08:00:00Z'),
      recurrence: { start: '2026-11-21 09:00:00', end: '2026-11-23 09:00:00' },
    });
  });

  it('of the time begins the rule anew', () => {
    expect(edit(daily, { scheduleTime: '2026-11-25 10:00:00' })).toMatchObject({
      runAt: new Date('2026-11-25T03:00:00Z'),
      recurrence: { rule: 'FREQ=DAILY;COUNT=3', start: '2026-11-25 10:00:00', end: '2026-11-27 10:00:00' },
    });
    expect(edit(scheduleWith(), { scheduleTime: '2026-11-25 10:00:00' }).recurrence).toBeNull();
  });

  it('of the rule goes on from the time that was planned, or, for a pattern, from now', () => {
    expect(edit(scheduleWith(), { recurrence: 'FREQ=WEEKLY' })).toMatchObject({
      localTime: '2026-11-23 09:00:00',
    });
    expect(edit(scheduleWith(), { recurrence: '15 7 * * *' })).toMatchObject({
      localTime: '2026-11-21 07:15:00',
    });
    expect(edit(daily, { recurrence: null })).toMatchObject({
      localTime: '2026-11-23 09:00:00',
      recurrence: null,
    });
  });

  it('into the past or a gap is refused', () => {
    expect(refusalOf(() => edit(daily, { scheduleTime: '2026-11-20 10:00:00' })).code).toBe(
      'SCHEDULE_TIME_PAST',
    );
    const gap = { scheduleTime: '2027-03-14 02:10:00', timezone: 'America/New_York' };
    expect(refusalOf(() => edit(scheduleWith(), gap)).code).toBe('SCHEDULE_TIME_IMPOSSIBLE');
  });
});
