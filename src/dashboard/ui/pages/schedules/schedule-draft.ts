import type { MissedPolicy, Schedule } from '../../api/schedule-types.ts';
import { wallTime } from '../../lib/wall-time.ts';
import { EMPTY_FILE, type FileDraft, isFileKind, withFile } from '../send/draft.ts';
import { fromRule, ONCE, toRule } from './rhythm.ts';
import { type TimeDraft, timeOrder } from './time-draft.ts';

/** A schedule as it is filled in. */
export interface ScheduleDraft extends FileDraft, TimeDraft {
  readonly deviceId: string;
  readonly to: string;
  readonly kind: string;
  readonly text: string;
  readonly missedPolicy: MissedPolicy;
}

const HOUR_MS = 3_600_000;

/** A new one, for the next full hour; `now` in ms. */
export function newDraft(
  deviceId: string,
  to: string,
  { zone, now }: { zone: string; now: number },
): ScheduleDraft {
  const soon = wallTime(Math.ceil((now + HOUR_MS / 4) / HOUR_MS) * HOUR_MS, zone);
  return {
    ...EMPTY_FILE,
    deviceId,
    to,
    kind: 'text',
    text: '',
    date: soon.slice(0, 10),
    time: soon.slice(11, 16),
    zone,
    rhythm: ONCE,
    missedPolicy: 'send',
  };
}

/** One that is there, to be changed. */
export function draftOf(schedule: Schedule): ScheduleDraft {
  return {
    ...EMPTY_FILE,
    deviceId: schedule.deviceId,
    to: schedule.to,
    kind: schedule.kind,
    text: schedule.message,
    date: schedule.scheduleTime.slice(0, 10),
    time: schedule.scheduleTime.slice(11, 16),
    zone: schedule.timezone,
    rhythm: fromRule(schedule.recurrence),
    missedPolicy: schedule.missedPolicy,
  };
}

/** The body of a new schedule: a form when it brings a file. */
export function createBody(draft: ScheduleDraft) {
  const { to, kind, text, missedPolicy } = draft;
  const common = { to: to.trim(), missedPolicy, ...timeOrder(draft) };
  if (!isFileKind(kind)) return { ...common, message: text };
  return withFile(kind, draft, { ...common, mediaType: kind });
}

/** What is different from before; what is not named stays. */
export function editBody(schedule: Schedule, draft: ScheduleDraft): Record<string, string | null> {
  const before = draftOf(schedule);
  const order = timeOrder(draft);
  const body: Record<string, string | null> = {};
  if (draft.text !== before.text) body.message = draft.text;
  if (draft.missedPolicy !== before.missedPolicy) body.missedPolicy = draft.missedPolicy;
  if (draft.zone !== before.zone) body.timezone = draft.zone;
  if (draft.date !== before.date || draft.time !== before.time) {
    if (order?.scheduleTime !== undefined) body.scheduleTime = order.scheduleTime;
  }
  const rule = toRule(draft.rhythm);
  if (rule !== toRule(before.rhythm)) body.recurrence = rule;
  return body;
}
