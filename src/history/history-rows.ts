import { clip, clipNullable } from '../database/columns.ts';
import type { SqlValue } from '../database/database.ts';
import type { HistoryEntry } from './history-entry.ts';

export const HISTORY_COLUMNS = [
  'id',
  'device_id',
  'chat_jid',
  'participant_jid',
  'direction',
  'wa_message_id',
  'own_number',
  'sender_number',
  'receiver_number',
  'contact_number',
  'is_group',
  'push_name',
  'type',
  'text',
  'media',
  'quoted_id',
  'status',
  'source',
  'message_timestamp',
  'edited_at',
  'revoked_at',
  'stored_at',
] as const;

/** The columns of the identity of a message. */
export const HISTORY_KEY = ['device_id', 'chat_jid', 'participant_jid', 'direction', 'wa_message_id'];

/** The values of HISTORY_COLUMNS. Strangers wrote some of them, so they are clipped to the width of their columns. */
export function toHistoryValues(entry: HistoryEntry): SqlValue[] {
  return [
    entry.id,
    entry.deviceId,
    clip(entry.chat, 96),
    clip(entry.participant ?? '', 96),
    entry.direction,
    clip(entry.waMessageId, 64),
    entry.ownNumber,
    clipNullable(entry.senderNumber, 20),
    clipNullable(entry.receiverNumber, 20),
    clipNullable(entry.contactNumber, 20),
    entry.isGroup,
    clipNullable(entry.pushName, 191),
    clip(entry.type, 40),
    entry.text?.toWellFormed() ?? null,
    entry.media === null ? null : JSON.stringify(entry.media).toWellFormed(),
    clipNullable(entry.quotedId, 64),
    entry.status,
    entry.source,
    entry.at,
    entry.editedAt,
    entry.revokedAt,
    entry.storedAt,
  ];
}

/** The values that name a message. */
export function toKeyValues(entry: HistoryEntry): SqlValue[] {
  return [
    entry.deviceId,
    clip(entry.chat, 96),
    clip(entry.participant ?? '', 96),
    entry.direction,
    clip(entry.waMessageId, 64),
  ];
}
