import { expect, it } from 'vitest';
import { decideFiring, MISSED_AFTER_MS } from '../../src/schedules/firing.ts';
import type { LocalTime } from '../../src/schedules/local-time.ts';
import { createRecurrence } from '../../src/schedules/recurrence.ts';
import type { MissedPolicy } from '../../src/schedules/schedule.ts';
import { scheduleWith } from '../support/schedules.ts';

const DUE = new Date('2026-11-23T02:00:00Z');
const later = (ms: number) => new Date(DUE.getTime() + ms);
const DAY_MS = 86_400_000;

const once = (missedPolicy: MissedPolicy) => scheduleWith({ missedPolicy });
const repeated = (missedPolicy: MissedPolicy, rule = 'FREQ=DAILY') =>
  scheduleWith({
    missedPolicy,
    recurrence: createRecurrence(rule, '2026-11-23 09:00:00' as LocalTime, 'Asia/Jakarta'),
  });
const nextDay = (days: number) => ({
  localTime: `2026-11-${23 + days} 09:00:00`,
  runAt: later(days * DAY_MS),
});

it('waits for its time, to the millisecond', () => {
  expect(decideFiring(once('send'), later(-1))).toEqual({ kind: 'early', inMs: 1 });
  expect(decideFiring(once('send'), DUE)).toEqual({ kind: 'send', after: { status: 'done', next: null } });
});

it('sends what is a little late, whatever the policy', () => {
  for (const policy of ['send', 'skip'] as const) {
    expect(decideFiring(once(policy), later(MISSED_AFTER_MS)).kind).toBe('send');
    expect(decideFiring(repeated(policy), later(MISSED_AFTER_MS))).toEqual({
      kind: 'send',
      after: { status: 'active', next: nextDay(1) },
    });
  }
});

it('a missed time is sent once or left out', () => {
  const now = later(MISSED_AFTER_MS + 1);
  expect(decideFiring(once('send'), now)).toEqual({ kind: 'send', after: { status: 'done', next: null } });
  expect(decideFiring(once('skip'), now)).toEqual({ kind: 'skip', after: { status: 'missed', next: null } });
});

it('of many missed times at most one is sent, and the rule goes on from now', () => {
  const now = later(3 * DAY_MS + 3_600_000);
  expect(decideFiring(repeated('send'), now)).toEqual({
    kind: 'send',
    after: { status: 'active', next: nextDay(4) },
  });
  expect(decideFiring(repeated('skip'), now)).toEqual({
    kind: 'skip',
    after: { status: 'active', next: nextDay(4) },
  });
});

it('ends with the last time of its rule', () => {
  const rule = 'FREQ=DAILY;COUNT=2';
  const lastDay = { ...repeated('skip', rule), runAt: later(DAY_MS) };
  expect(decideFiring(repeated('skip', rule), DUE)).toMatchObject({ after: { next: nextDay(1) } });
  expect(decideFiring(lastDay, later(DAY_MS))).toEqual({
    kind: 'send',
    after: { status: 'done', next: null },
  });
  expect(decideFiring(lastDay, later(2 * DAY_MS))).toEqual({
    kind: 'skip',
    after: { status: 'missed', next: null },
  });
});
