import type { Schedule } from './schedule.ts';

/** A schedule as callers see it; `runAt` and the other times but `scheduleTime` are ISO 8601 in UTC. */
export type ScheduleView = ReturnType<typeof toScheduleView>;

export function toScheduleView(schedule: Schedule) {
  const { id, deviceId, to, kind, text, status, timezone, missedPolicy, runs } = schedule;
  return {
    scheduleId: id,
    deviceId,
    to,
    kind,
    message: text,
    status,
    runAt: schedule.runAt.toISOString(),
    scheduleTime: schedule.localTime,
    timezone,
    recurrence: schedule.recurrence?.rule ?? null,
    missedPolicy,
    messageId: schedule.lastMessageId,
    lastRunAt: schedule.lastRunAt?.toISOString() ?? null,
    runs,
    createdAt: schedule.createdAt.toISOString(),
    updatedAt: schedule.updatedAt.toISOString(),
  };
}
