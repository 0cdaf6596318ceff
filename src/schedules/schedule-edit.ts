import { AppError } from '../shared/errors.ts';
import { namesItsTimes } from './recurrence.ts';
import type { Schedule, ScheduleChange } from './schedule.ts';
import { continued, type GivenTime, onceAt, repeatedFrom, type Timing } from './timing.ts';

/** What a caller may say of the time of a schedule; what is left out stays. */
export interface TimingEdit {
  readonly scheduleTime?: GivenTime | undefined;
  readonly timezone?: string | undefined;
  /** Null: once. */
  readonly recurrence?: string | null | undefined;
}

interface TimingOrder {
  readonly scheduleTime: GivenTime | null;
  readonly timezone: string;
  readonly recurrence: string | null;
}

/** When a new schedule is due. Throws the SCHEDULE_ errors of onceAt and repeatedFrom. */
export function newTiming({ scheduleTime, timezone, recurrence }: TimingOrder, now: Date): Timing {
  if (recurrence !== null) return repeatedFrom(scheduleTime, { rule: recurrence, timezone, now });
  if (scheduleTime === null) throw new AppError('VALIDATION_FAILED', { field: 'scheduleTime' });
  return onceAt(scheduleTime, timezone, now);
}

/** What changes of the time of an active schedule; nothing when the edit does not speak of it. Throws as newTiming does. */
export function timingAfter(schedule: Schedule, edit: TimingEdit, now: Date): ScheduleChange {
  const { scheduleTime, recurrence } = edit;
  if (scheduleTime === undefined && edit.timezone === undefined && recurrence === undefined) return {};
  const timezone = edit.timezone ?? schedule.timezone;
  if (scheduleTime === undefined && recurrence === undefined && schedule.recurrence) {
    return continued(schedule.recurrence, timezone, now);
  }
  const rule = recurrence === undefined ? (schedule.recurrence?.rule ?? null) : recurrence;
  const planned: GivenTime = { kind: 'local', time: schedule.localTime };
  // A new pattern says itself when it comes first; everything else goes on from the time that was planned.
  const start = scheduleTime ?? (rule !== null && namesItsTimes(rule) ? null : planned);
  return newTiming({ scheduleTime: start, timezone, recurrence: rule }, now);
}
