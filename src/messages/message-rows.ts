import { clip, clipNullable, parseJsonColumn } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { MessageMedia } from '../whatsapp/socket.ts';
import type { StoredReceivedMessage } from './message.ts';

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
  /** JSON, as text or parsed. */
  readonly media: unknown;
  readonly media_sealed: Uint8Array | null;
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
    // The column is only ever written from a MessageMedia.
    media: parseJsonColumn(row.media) as MessageMedia | null,
    quotedWaMessageId: row.quoted_id as WaMessageId | null,
    timestamp: row.message_timestamp,
    receivedAt: row.received_at,
  };
}

/**
 * The values of RECEIVED_COLUMNS. Strangers wrote them, so they are clipped to the width of their columns. `mediaSealed`: what
 * opens the file, encrypted.
 */
export function toReceivedValues(
  message: StoredReceivedMessage,
  mediaSealed: Uint8Array | null = null,
): SqlValue[] {
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
    message.media ? JSON.stringify(message.media).toWellFormed() : null,
    mediaSealed,
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
  'media',
  'media_sealed',
] as const satisfies readonly (keyof ReceivedRow)[];
