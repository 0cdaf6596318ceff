import type { Occurrence } from './occurrence.ts';
import { nextOccurrence } from './occurrence.ts';
import type { Schedule, ScheduleStatus } from './schedule.ts';

/** What is to be done about a schedule now. */
export type Firing =
  /** Its time has not come. */
  | { readonly kind: 'early'; readonly inMs: number }
  /** One message goes out, or the time is left out; then it is what `after` says. */
  | { readonly kind: 'send' | 'skip'; readonly after: After };

/** What becomes of the schedule: its next time, or its end. */
export interface After {
  readonly status: ScheduleStatus;
  readonly next: Occurrence | null;
}

/** A time that is past by more was missed: the server was down, or the database away. */
export const MISSED_AFTER_MS = 60_000;

/**
 * `now` is the database's clock. Times that were missed come to one message at most, however many they were: nobody wants
 * the reminders of a week at once.
 */
export function decideFiring(schedule: Schedule, now: Date): Firing {
  const lateMs = now.getTime() - schedule.runAt.getTime();
  if (lateMs < 0) return { kind: 'early', inMs: -lateMs };
  const { recurrence, timezone, missedPolicy } = schedule;
  const next = recurrence && nextOccurrence(recurrence, timezone, now);
  if (lateMs > MISSED_AFTER_MS && missedPolicy === 'skip') {
    return { kind: 'skip', after: { status: next ? 'active' : 'missed', next } };
  }
  return { kind: 'send', after: { status: next ? 'active' : 'done', next } };
}
