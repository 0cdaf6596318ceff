import { parseJsonColumn } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { LocalTime } from './local-time.ts';
import type { Schedule, ScheduleChange } from './schedule.ts';

export interface ScheduleRow {
  readonly id: string;
  readonly device_id: string;
  readonly to_jid: string;
  readonly kind: string;
  readonly text: string | null;
  readonly content: string | null;
  readonly timezone: string;
  readonly local_time: string;
  readonly run_at: Date;
  readonly recurrence: string | null;
  readonly missed_policy: string;
  readonly status: string;
  readonly last_run_at: Date | null;
  readonly last_message_id: string | null;
  readonly runs: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The words in these columns are only ever written from a Schedule, so they are what its types say. */
export function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    to: row.to_jid as Jid,
    kind: row.kind as Schedule['kind'],
    text: row.text ?? '',
    content: parseJsonColumn(row.content ?? 'null') as Schedule['content'],
    timezone: row.timezone,
    localTime: row.local_time as LocalTime,
    runAt: row.run_at,
    recurrence: parseJsonColumn(row.recurrence ?? 'null') as Schedule['recurrence'],
    missedPolicy: row.missed_policy as Schedule['missedPolicy'],
    status: row.status as Schedule['status'],
    lastRunAt: row.last_run_at,
    lastMessageId: row.last_message_id as WaMessageId | null,
    runs: row.runs,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The columns a change touches, with their new values. */
export function toColumns(change: ScheduleChange): [column: string, value: SqlValue][] {
  const { recurrence } = change;
  const columns: [string, SqlValue | undefined][] = [
    ['to_jid', change.to],
    ['text', change.text?.toWellFormed()],
    ['content', change.content && JSON.stringify(change.content)],
    ['timezone', change.timezone],
    ['local_time', change.localTime],
    ['run_at', change.runAt],
    ['recurrence', recurrence && JSON.stringify(recurrence)],
    ['missed_policy', change.missedPolicy],
    ['status', change.status],
    ['last_run_at', change.lastRunAt],
    ['last_message_id', change.lastMessageId],
    ['runs', change.runs],
  ];
  return columns.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}
