import { parseJsonColumn } from '../database/columns.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { HistoryMessage } from './history.ts';

export interface HistoryRow {
  readonly id: string;
  readonly device_id: string;
  readonly chat_jid: string;
  readonly participant_jid: string;
  readonly direction: string;
  readonly wa_message_id: string;
  readonly own_number: string;
  readonly sender_number: string | null;
  readonly receiver_number: string | null;
  readonly contact_number: string | null;
  readonly is_group: number;
  readonly push_name: string | null;
  readonly type: string;
  readonly text: string | null;
  readonly media: unknown;
  readonly quoted_id: string | null;
  readonly reactions: unknown;
  readonly status: string | null;
  readonly source: string;
  readonly message_timestamp: Date;
  readonly edited_at: Date | null;
  readonly revoked_at: Date | null;
}

const COLUMNS = [
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
  'reactions',
  'status',
  'source',
  'message_timestamp',
  'edited_at',
  'revoked_at',
] as const satisfies readonly (keyof HistoryRow)[];

/** What to select of `history_message as m`; the table has a column that is for searching only. */
export const HISTORY_COLUMNS = COLUMNS.map((column) => `m.${column}`).join(', ');

/** The words in these columns are only ever written from the types they are read as. */
export function toHistoryMessage(row: HistoryRow): HistoryMessage {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    chat: row.chat_jid,
    participant: row.participant_jid,
    direction: row.direction as HistoryMessage['direction'],
    waMessageId: row.wa_message_id as WaMessageId,
    ownNumber: row.own_number,
    senderNumber: row.sender_number,
    receiverNumber: row.receiver_number,
    contactNumber: row.contact_number,
    isGroup: row.is_group === 1,
    pushName: row.push_name,
    type: row.type,
    text: row.text,
    media: parseJsonColumn(row.media) as HistoryMessage['media'],
    quotedWaMessageId: row.quoted_id,
    reactions: parseJsonColumn(row.reactions) as HistoryMessage['reactions'],
    status: row.status,
    source: row.source,
    timestamp: row.message_timestamp,
    editedAt: row.edited_at,
    revokedAt: row.revoked_at,
  };
}
