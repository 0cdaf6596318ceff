import { clip } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent } from '../whatsapp/outgoing.ts';
import { type NewOutboxMessage, type OutboundMessage, priorityOf, type SendError } from './outbox-message.ts';

export interface OutboxRow {
  readonly id: string;
  readonly device_id: string;
  readonly wa_message_id: string;
  readonly chat_jid: string;
  readonly kind: string;
  readonly text: string | null;
  readonly content: string | null;
  readonly source: string;
  readonly job_id: string | null;
  readonly item_index: number | null;
  readonly delay_ms: number | null;
  readonly schedule_id: string | null;
  readonly due_at: Date;
  readonly expires_at: Date | null;
  readonly on_ambiguous: string;
  readonly lane: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly sending_at: Date | null;
  readonly acked_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly played_at: Date | null;
  readonly failed_at: Date | null;
}

/** The words in these columns are only ever written from an OutboundMessage, so they are what its types say. */
export function toOutboundMessage(row: OutboxRow): OutboundMessage {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    waMessageId: row.wa_message_id as WaMessageId,
    to: row.chat_jid as Jid,
    kind: row.kind as OutboundMessage['kind'],
    text: row.text,
    content: row.content === null ? null : (JSON.parse(row.content) as OutgoingContent),
    source: row.source as OutboundMessage['source'],
    jobId: row.job_id ?? undefined,
    itemIndex: row.item_index ?? undefined,
    scheduleId: row.schedule_id ?? undefined,
    dueAt: row.due_at,
    delayMs: row.delay_ms,
    onAmbiguous: row.on_ambiguous as OutboundMessage['onAmbiguous'],
    expiresAt: row.expires_at,
    status: row.status as OutboundMessage['status'],
    lane: row.lane as OutboundMessage['lane'],
    attempts: row.attempts,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    createdAt: row.created_at,
    sendingAt: row.sending_at,
    ackedAt: row.acked_at,
    deliveredAt: row.delivered_at,
    readAt: row.read_at,
    playedAt: row.played_at,
    failedAt: row.failed_at,
  };
}

/** The columns of a new row, in the order of `toNewValues`. */
export const NEW_COLUMNS = [
  'id',
  'device_id',
  'wa_message_id',
  'chat_jid',
  'kind',
  'text',
  'content',
  'source',
  'priority',
  'job_id',
  'item_index',
  'delay_ms',
  'schedule_id',
  'due_at',
  'expires_at',
  'on_ambiguous',
  'media_blob',
  'status',
  'attempts',
  'created_at',
] as const;

/** `begun`: it is stored as being sent, for the first time. */
export function toNewValues(
  message: NewOutboxMessage,
  createdAt: Date,
  stage: 'queued' | 'begun' = 'queued',
): SqlValue[] {
  return [
    message.id,
    message.deviceId,
    message.waMessageId,
    message.to,
    message.kind,
    message.text?.toWellFormed() ?? null,
    message.content === null ? null : JSON.stringify(message.content),
    message.source,
    priorityOf(message),
    message.jobId ?? null,
    message.itemIndex ?? null,
    message.delayMs,
    message.scheduleId ?? null,
    message.dueAt,
    message.expiresAt,
    message.onAmbiguous,
    message.content !== null && 'media' in message.content ? message.content.media.blob : null,
    stage === 'begun' ? 'sending' : 'queued',
    stage === 'begun' ? 1 : 0,
    createdAt,
  ];
}

/** The values of error_code and error_message. */
export function toErrorValues(error: SendError | null): [SqlValue, SqlValue] {
  return error ? [clip(error.code, 64), clip(error.message, 500)] : [null, null];
}
