import { AppError } from '../shared/errors.ts';
import { RecurrenceError } from './local-rule.ts';
import type { LocalTime } from './local-time.ts';
import { nextOccurrence, type Occurrence } from './occurrence.ts';
import { createRecurrence, namesItsTimes, type Recurrence } from './recurrence.ts';
import { localTimeAt, resolveLocalTime } from './zone.ts';

/** When a schedule is due, as a caller wrote it: on the clocks of the zone, or as a moment. */
export type GivenTime =
  | { readonly kind: 'local'; readonly time: LocalTime }
  | { readonly kind: 'moment'; readonly at: Date };

/** When a schedule is due next, and how it goes on. */
export interface Timing extends Occurrence {
  readonly timezone: string;
  readonly recurrence: Recurrence | null;
}

/**
 * Due once. `now` is the database's clock here as everywhere. Throws SCHEDULE_TIME_PAST, and SCHEDULE_TIME_IMPOSSIBLE when
 * the clocks of the zone skip the time.
 */
export function onceAt(time: GivenTime, timezone: string, now: Date): Timing {
  const runAt = momentOf(time, timezone);
  refusePast(runAt, now);
  return { timezone, runAt, localTime: localTimeOf(time, timezone), recurrence: null };
}

/**
 * Due by a rule from a time on; a cron pattern may leave it out. Throws SCHEDULE_RECURRENCE_INVALID, also when no time is
 * ahead, and SCHEDULE_TIME_PAST when the start is.
 */
export function repeatedFrom(
  time: GivenTime | null,
  { rule, timezone, now }: { rule: string; timezone: string; now: Date },
): Timing {
  if (time === null && !namesItsTimes(rule))
    throw invalid('an RRULE takes its time of day from scheduleTime');
  const given = time ?? { kind: 'moment', at: now };
  const start = localTimeOf(given, timezone);
  const resolved = resolveLocalTime(start, timezone);
  if (time !== null) refusePast(resolved.kind === 'gap' ? resolved.firstAfter : resolved.at, now);
  return continued({ rule, start }, timezone, now);
}

/** The same rule from the same start, seen from now: for a schedule that moves to another zone. */
export function continued(
  { rule, start }: Pick<Recurrence, 'rule' | 'start'>,
  timezone: string,
  now: Date,
): Timing {
  try {
    const recurrence = createRecurrence(rule, start, timezone);
    const next = nextOccurrence(recurrence, timezone, now);
    if (next) return { ...next, timezone, recurrence };
  } catch (error) {
    if (error instanceof RecurrenceError) throw invalid(error.message);
    throw error;
  }
  throw invalid('it has no time ahead');
}

function momentOf(time: GivenTime, timezone: string): Date {
  if (time.kind === 'moment') return time.at;
  const resolved = resolveLocalTime(time.time, timezone);
  if (resolved.kind === 'time') return resolved.at;
  const firstAfter = localTimeAt(resolved.firstAfter, timezone);
  throw new AppError('SCHEDULE_TIME_IMPOSSIBLE', {
    scheduleTime: time.time,
    timezone,
    reason: `the clocks are set forward there and skip this time; the first time after it is ${firstAfter}`,
    firstTimeAfter: firstAfter,
  });
}

function localTimeOf(time: GivenTime, timezone: string): LocalTime {
  return time.kind === 'local' ? time.time : localTimeAt(time.at, timezone);
}

function refusePast(runAt: Date, now: Date): void {
  if (runAt > now) return;
  throw new AppError('SCHEDULE_TIME_PAST', { runAt: runAt.toISOString(), now: now.toISOString() });
}

function invalid(reason: string): AppError {
  return new AppError('SCHEDULE_RECURRENCE_INVALID', { reason });
}
