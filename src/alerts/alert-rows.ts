import { parseJsonColumn } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingMedia } from '../whatsapp/outgoing.ts';
import type { Alert, AlertItem, NewAlert, NewAlertItem } from './alert.ts';

export interface AlertRow {
  readonly id: string;
  readonly source: string;
  readonly topic: string | null;
  readonly list_id: number;
  readonly list_name: string;
  readonly text: string;
  readonly media: unknown;
  readonly requires_ack: number;
  readonly status: string;
  readonly device_id: string;
  readonly pool: unknown;
  readonly escalate_list_id: number | null;
  readonly escalate_list_name: string | null;
  readonly escalate_after_ms: number | null;
  readonly escalate_at: Date | null;
  readonly escalated_at: Date | null;
  readonly problem: string | null;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: string | null;
  readonly repeats: number;
  readonly last_repeated_at: Date | null;
  readonly event_seq: number | string;
  readonly created_at: Date;
}

export interface AlertItemRow {
  readonly id: string;
  readonly alert_id: string;
  readonly stage: number;
  readonly name: string;
  readonly to_jid: string;
  readonly device_id: string;
  readonly wa_message_id: string;
  readonly status: string | null;
}

/** The words in these columns are only ever written from an Alert, so they are what its types say. */
export function toAlert(row: AlertRow): Alert {
  const { escalate_list_id: listId, escalate_list_name: listName, escalate_after_ms: afterMs } = row;
  return {
    id: row.id,
    source: row.source as Alert['source'],
    topic: row.topic,
    listId: row.list_id,
    listName: row.list_name,
    text: row.text,
    media: parseJsonColumn(row.media ?? 'null') as OutgoingMedia | null,
    requiresAck: row.requires_ack === 1,
    status: row.status as Alert['status'],
    deviceId: row.device_id as DeviceId,
    pool: parseJsonColumn(row.pool) as DeviceId[],
    escalation:
      listId === null ? null : { listId, listName: listName ?? String(listId), afterMs: afterMs ?? 0 },
    escalateAt: row.escalate_at,
    escalatedAt: row.escalated_at,
    problem: row.problem,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    repeats: row.repeats,
    lastRepeatedAt: row.last_repeated_at,
    eventSeq: Number(row.event_seq),
    createdAt: row.created_at,
  };
}

export function toAlertItem(row: AlertItemRow): AlertItem {
  return {
    id: row.id,
    alertId: row.alert_id,
    stage: row.stage === 2 ? 2 : 1,
    name: row.name,
    to: row.to_jid as Jid,
    deviceId: row.device_id as DeviceId,
    waMessageId: row.wa_message_id as WaMessageId,
    // A row of the outbox is kept longer than an alert; without it nobody knows.
    status: row.status ?? 'unknown',
  };
}

/** The columns of a new alert but its times. */
export function toColumns(alert: NewAlert): [string, SqlValue][] {
  const { escalation } = alert;
  return [
    ['id', alert.id],
    ['source', alert.source],
    ['topic', alert.topic],
    ['list_id', alert.listId],
    ['list_name', alert.listName],
    ['text', alert.text.toWellFormed()],
    ['media', alert.media === null ? null : JSON.stringify(alert.media)],
    ['requires_ack', alert.requiresAck ? 1 : 0],
    ['status', alert.requiresAck ? 'waiting' : 'sent'],
    ['device_id', alert.deviceId],
    ['pool', JSON.stringify(alert.pool)],
    ['escalate_list_id', escalation?.listId ?? null],
    ['escalate_list_name', escalation?.listName ?? null],
    ['escalate_after_ms', escalation?.afterMs ?? null],
    ['repeats', 0],
    ['event_seq', alert.eventSeq],
  ];
}

export const ITEM_COLUMNS = 'id, alert_id, stage, name, to_jid, device_id, wa_message_id';

export function toItemValues(item: NewAlertItem): SqlValue[] {
  return [item.id, item.alertId, item.stage, item.name, item.to, item.deviceId, item.waMessageId];
}
