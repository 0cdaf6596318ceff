import { clip, clipNullable } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutboundMessage, StoredReceivedMessage } from './message.ts';

export interface OutboundRow {
  readonly id: string;
  readonly device_id: string;
  readonly wa_message_id: string;
  readonly chat_jid: string;
  readonly kind: string;
  readonly text: string | null;
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
export function toOutboundMessage(row: OutboundRow): OutboundMessage {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    waMessageId: row.wa_message_id as WaMessageId,
    chat: row.chat_jid as Jid,
    kind: row.kind as OutboundMessage['kind'],
    text: row.text,
    status: row.status as OutboundMessage['status'],
    attempts: row.attempts,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    sendingAt: row.sending_at,
    ackedAt: row.acked_at,
    deliveredAt: row.delivered_at,
    readAt: row.read_at,
    playedAt: row.played_at,
    failedAt: row.failed_at,
  };
}

export interface ReceivedRow {
  readonly id: string;
  readonly device_id: string;
  readonly chat_jid: string;
  readonly participant_jid: string;
  readonly from_me: number;
  readonly wa_message_id: string;
  readonly chat_alt: string | null;
  readonly participant_alt: string | null;
  readonly push_name: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly quoted_id: string | null;
  readonly message_timestamp: Date;
  readonly received_at: Date;
}

export function toStoredReceivedMessage(row: ReceivedRow): StoredReceivedMessage {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    waMessageId: row.wa_message_id as WaMessageId,
    chat: row.chat_jid as Jid,
    chatAlt: row.chat_alt as Jid | null,
    participant: row.participant_jid === '' ? null : (row.participant_jid as Jid),
    participantAlt: row.participant_alt as Jid | null,
    fromMe: row.from_me === 1,
    pushName: row.push_name,
    type: row.type,
    text: row.text,
    quotedWaMessageId: row.quoted_id as WaMessageId | null,
    timestamp: row.message_timestamp,
    receivedAt: row.received_at,
  };
}

/** The values of RECEIVED_COLUMNS. Strangers wrote them, so they are clipped to the width of their columns. */
export function toReceivedValues(message: StoredReceivedMessage): SqlValue[] {
  return [
    message.id,
    message.deviceId,
    clip(message.chat, 96),
    clip(message.participant ?? '', 96),
    message.fromMe,
    clip(message.waMessageId, 64),
    clipNullable(message.chatAlt, 96),
    clipNullable(message.participantAlt, 96),
    clipNullable(message.pushName, 191),
    clip(message.type, 40),
    message.text?.toWellFormed() ?? null,
    clipNullable(message.quotedWaMessageId, 64),
    message.timestamp,
    message.receivedAt,
  ];
}

export const RECEIVED_COLUMNS = [
  'id',
  'device_id',
  'chat_jid',
  'participant_jid',
  'from_me',
  'wa_message_id',
  'chat_alt',
  'participant_alt',
  'push_name',
  'type',
  'text',
  'quoted_id',
  'message_timestamp',
  'received_at',
] as const satisfies readonly (keyof ReceivedRow)[];
