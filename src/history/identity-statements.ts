import type { SqlValue, Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { numberJid } from './history-entry.ts';

/** That a hidden id and a number are one person. */
export interface Identity {
  readonly lid: Jid;
  readonly number: string;
}

/** The statements that make one person of a hidden id and a number. All of them may be repeated. */
export function identityStatements(dialect: Dialect) {
  const ignoring = dialect.updateIgnore('history_message');
  const remember = dialect.upsert({
    table: 'identity',
    columns: ['device_id', 'lid', 'phone_number', 'learned_at'],
    keyColumns: ['device_id', 'lid'],
  });
  const moveMessages = `${ignoring} set chat_jid = ?, contact_number = ?,
    sender_number = case when direction = 'in' and participant_jid = '' then ? else sender_number end,
    receiver_number = case when direction = 'out' then ? else receiver_number end
    where device_id = ? and chat_jid = ?`;
  const moveAuthor = `${ignoring} set participant_jid = ?, sender_number = ? where device_id = ? and participant_jid = ?`;
  const moveChat = `${dialect.updateIgnore('chat')} set chat_jid = ?, lid = ?, phone_number = ? where device_id = ? and chat_jid = ?`;

  return {
    remember: (deviceId: DeviceId, { lid, number }: Identity, at: Date): Statement => ({
      text: remember,
      params: [deviceId, lid, number, at],
    }),

    /** Moves what was kept under the hidden id to the number; what is there already goes. */
    fold(deviceId: DeviceId, { lid, number }: Identity): Statement[] {
      const jid = numberJid(number);
      const under: SqlValue[] = [deviceId, lid];
      const last = [deviceId, jid];
      return [
        { text: moveMessages, params: [jid, number, number, number, ...under] },
        { text: DROP_MESSAGES, params: under },
        { text: moveAuthor, params: [jid, number, ...under] },
        { text: DROP_AUTHOR, params: under },
        { text: moveChat, params: [jid, lid, number, ...under] },
        { text: DROP_CHAT, params: under },
        { text: REFRESH_CHAT, params: [lid, number, ...last, ...last, ...last] },
      ];
    },
  };
}

const DROP_MESSAGES = 'delete from history_message where device_id = ? and chat_jid = ?';
const DROP_AUTHOR = 'delete from history_message where device_id = ? and participant_jid = ?';
const DROP_CHAT = 'delete from chat where device_id = ? and chat_jid = ?';
const REFRESH_CHAT = `update chat set lid = ?, phone_number = ?,
  last_message_at = (select max(h.message_timestamp) from history_message h where h.device_id = ? and h.chat_jid = ?),
  last_message_id = (select h.id from history_message h where h.device_id = ? and h.chat_jid = ?
    order by h.message_timestamp desc, h.id desc limit 1)
  where device_id = ? and chat_jid = ?`;
