import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../../src/dashboard/ui/api/schedule-types.ts';
import { wallTime } from '../../../src/dashboard/ui/lib/wall-time.ts';
import { fromRule, namesItsTime, ONCE, toRule } from '../../../src/dashboard/ui/pages/schedules/rhythm.ts';
import {
  createBody,
  draftOf,
  editBody,
  newDraft,
} from '../../../src/dashboard/ui/pages/schedules/schedule-draft.ts';
import { timeOrder } from '../../../src/dashboard/ui/pages/schedules/time-draft.ts';

describe('a rhythm', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=DAILY;INTERVAL=3;COUNT=10',
    'FREQ=WEEKLY;BYDAY=MO,TH',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;UNTIL=20271231',
    'FREQ=MONTHLY',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
  ])('%s is taken apart and put together again', (rule) => {
    const rhythm = fromRule(rule);
    expect(rhythm.kind).not.toBe('expert');
    expect(toRule(rhythm)).toBe(rule);
  });

  it.each([
    'FREQ=MONTHLY;BYDAY=1MO',
    'FREQ=MONTHLY;BYMONTHDAY=1,15',
    'FREQ=DAILY;BYHOUR=8,12',
    'FREQ=YEARLY',
    'FREQ=DAILY;UNTIL=20271231T170000Z',
    '0 9 * * 1-5',
  ])('%s stays as an expert wrote it', (rule) => {
    expect(fromRule(rule)).toMatchObject({ kind: 'expert', rule });
    expect(toRule(fromRule(rule))).toBe(rule);
  });

  it('of once is no rule, and only cron says its time by itself', () => {
    expect(toRule(fromRule(null))).toBeNull();
    expect(['0 9 * * *', 'FREQ=DAILY', '', null].map(namesItsTime)).toEqual([true, false, false, false]);
  });
});

const JAKARTA = { zone: 'Asia/Jakarta', now: Date.parse('2026-11-20T08:50:00Z') };

describe('a new schedule', () => {
  it('is for the next full hour that leaves time to write', () => {
    const draft = newDraft('shop', '0812', JAKARTA);
    expect([draft.date, draft.time, draft.zone]).toEqual(['2026-11-20', '17:00', 'Asia/Jakarta']);
    expect(createBody({ ...draft, text: 'hi' })).toEqual({
      to: '0812',
      message: 'hi',
      missedPolicy: 'send',
      timezone: 'Asia/Jakarta',
      scheduleTime: '2026-11-20 17:00:00',
    });
  });

  it('brings a file as a form, or where it is', () => {
    const draft = { ...newDraft('shop', '0812', JAKARTA), kind: 'image', caption: 'look' };
    const form = createBody({ ...draft, file: new File(['x'], 'x.png') });
    expect(form instanceof FormData && Object.fromEntries(form)).toMatchObject({
      mediaType: 'image',
      caption: 'look',
      file: expect.any(File),
      scheduleTime: '2026-11-20 17:00:00',
    });
    expect(createBody({ ...draft, source: 'url', url: ' https://x.example/a ' })).toMatchObject({
      url: 'https://x.example/a',
      mediaType: 'image',
    });
  });

  it('needs a time unless cron says it', () => {
    const draft = { ...newDraft('shop', '0812', JAKARTA), date: '' };
    expect(timeOrder(draft)).toBeNull();
    const expert = { ...ONCE, kind: 'expert' as const };
    expect(timeOrder({ ...draft, rhythm: expert })).toBeNull();
    expect(timeOrder({ ...draft, rhythm: { ...expert, rule: '0 9 * * *' } })).toEqual({
      timezone: 'Asia/Jakarta',
      recurrence: '0 9 * * *',
    });
  });
});

describe('a change', () => {
  const schedule: Schedule = {
    scheduleId: 'S',
    deviceId: 'shop',
    to: '62812@s.whatsapp.net',
    kind: 'text',
    message: 'hi',
    status: 'active',
    runAt: '2026-11-20T10:00:30.000Z',
    scheduleTime: '2026-11-20 17:00:30',
    timezone: 'Asia/Jakarta',
    recurrence: 'RRULE:FREQ=DAILY;INTERVAL=1',
    missedPolicy: 'send',
    messageId: null,
    lastRunAt: null,
    runs: 0,
  };

  it('names only what is different', () => {
    const draft = draftOf(schedule);
    expect(editBody(schedule, draft)).toEqual({});
    expect(editBody(schedule, { ...draft, text: 'ho', time: '18:00' })).toEqual({
      message: 'ho',
      scheduleTime: '2026-11-20 18:00:00',
    });
    expect(editBody(schedule, { ...draft, rhythm: ONCE, missedPolicy: 'skip' })).toEqual({
      recurrence: null,
      missedPolicy: 'skip',
    });
  });
});

it('the clocks of a zone show what they show there', () => {
  const at = Date.parse('2027-03-28T01:00:00Z');
  expect(wallTime(at - 60_000, 'Europe/Berlin')).toBe('2027-03-28 01:59');
  expect(wallTime(at, 'Europe/Berlin')).toBe('2027-03-28 03:00');
  expect(wallTime(Date.parse('2026-12-31T17:00:00Z'), 'Asia/Jakarta')).toBe('2027-01-01 00:00');
});
