import { clip, clipNullable } from '../database/columns.ts';
import type { SqlValue, Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import { powersOfTwo } from '../database/powers-of-two.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import { isLid, type Jid, phoneNumberOf } from '../whatsapp/jid.ts';
import type { HistoryEntry, HistoryStatus } from './history-entry.ts';
import { HISTORY_COLUMNS, HISTORY_KEY, toHistoryValues, toKeyValues } from './history-rows.ts';

/** What a message changes of a chat. */
export interface ChatNote {
  readonly deviceId: DeviceId;
  readonly chat: Jid;
  readonly lid: Jid | null;
  /** Null: as it is. */
  readonly name: string | null;
  readonly isGroup: boolean;
  /** Null: nothing was said. */
  readonly last: { readonly id: string; readonly at: Date } | null;
  readonly at: Date;
}

/** Kinds of rows that stand for a message of which only what became of it is known. */
const STAND_INS = "'edit', 'revoke'";
const CHAT_COLUMNS = [
  'device_id',
  'chat_jid',
  'lid',
  'phone_number',
  'name',
  'is_group',
  'last_message_at',
  'last_message_id',
  'updated_at',
];

/** The statements that keep history. All of them may be repeated. */
export function historyStatements(dialect: Dialect) {
  const into = { table: 'history_message', columns: HISTORY_COLUMNS };
  const keep = (rows: number) =>
    dialect.merge({ ...into, rows, keyColumns: HISTORY_KEY, updates: WHERE_STAND_IN });
  // A chat may hold as much as the whole device.
  const byMessageId = dialect.forceIndex('history_message', 'history_message_wa_message_id_idx');
  const chatUpsert = (rows: number, names: 'told' | 'guessed') =>
    dialect.merge({
      table: 'chat',
      columns: CHAT_COLUMNS,
      keyColumns: ['device_id', 'chat_jid'],
      rows,
      updates: { name: names === 'told' ? TOLD_NAME : GUESSED_NAME, ...CHAT_UPDATES },
    });

  return {
    /** A message; where only what became of it was known, it is filled in under that. */
    keep: (entry: HistoryEntry): Statement => ({ text: keep(1), params: toHistoryValues(entry) }),

    /** The same for several, in order. */
    keepAll: (entries: readonly HistoryEntry[]): Statement[] =>
      powersOfTwo(entries).map((some) => ({
        text: keep(some.length),
        params: some.flatMap(toHistoryValues),
      })),

    /** Messages of which those that are there stay as they are. */
    keepMissing: (entries: readonly HistoryEntry[]): Statement => ({
      text: dialect.insertIgnore({ ...into, rows: entries.length }),
      params: entries.flatMap(toHistoryValues),
    }),

    /** Moves a message of ours on to the status of the entry, never back. */
    advanceTo: (entry: HistoryEntry): Statement => ({
      text: `update history_message set status = ? where ${KEY} and (status is null or ${STATUS_RANK} < ?)`,
      params: [entry.status, ...toKeyValues(entry), STATUSES.indexOf(entry.status ?? 'server_ack')],
    }),

    /** `edit` has the identity of the message it changes, and its text and time; one that is not known yet is stored so. */
    edit(edit: HistoryEntry): Statement[] {
      const { text, editedAt } = edit;
      return [
        { text: dialect.insertIgnore(into), params: toHistoryValues(edit) },
        {
          text: `update history_message set text = ?, edited_at = ? where ${KEY}
            and revoked_at is null and (edited_at is null or edited_at <= ?)`,
          params: [text?.toWellFormed() ?? null, editedAt, ...toKeyValues(edit), editedAt],
        },
      ];
    },

    /** The same for a message that was taken back. */
    revoke(revoke: HistoryEntry): Statement[] {
      return [
        { text: dialect.insertIgnore(into), params: toHistoryValues(revoke) },
        {
          text: `update history_message set text = null, media = null, revoked_at = ? where ${KEY} and revoked_at is null`,
          params: [revoke.revokedAt, ...toKeyValues(revoke)],
        },
      ];
    },

    /** What somebody thinks of a message; null: nothing any more. */
    react(
      message: { deviceId: DeviceId; chat: Jid; waMessageId: WaMessageId },
      { author, emoji }: { author: Jid; emoji: string | null },
    ): Statement {
      const path = `$."${author}"`;
      const change = emoji === null ? 'json_remove' : 'json_set';
      return {
        text: `update ${byMessageId} set reactions = ${change}(coalesce(reactions, '{}'), ?${emoji === null ? '' : ', ?'})
          where device_id = ? and wa_message_id = ? and chat_jid = ?`,
        params: [
          path,
          ...(emoji === null ? [] : [clip(emoji, 64)]),
          message.deviceId,
          clip(message.waMessageId, 64),
          clip(message.chat, 96),
        ],
      };
    },

    /** Changes nothing where there is no such chat. */
    nameChat: (deviceId: DeviceId, { chat, name }: { chat: Jid; name: string }): Statement => ({
      text: 'update chat set name = ? where device_id = ? and chat_jid = ?',
      params: [clip(name, 191), deviceId, clip(chat, 96)],
    }),

    /** The chats of messages, at most one note for each. A guessed name never replaces one. */
    chats: (notes: readonly ChatNote[], names: 'told' | 'guessed'): Statement => ({
      text: chatUpsert(notes.length, names),
      params: notes.flatMap(toChatValues),
    }),
  };
}

const KEY = HISTORY_KEY.map((column) => `${column} = ?`).join(' and ');

const STATUSES: readonly HistoryStatus[] = ['server_ack', 'delivered', 'read', 'played'];
const STATUS_RANK = `case status ${STATUSES.map((status, rank) => `when '${status}' then ${rank}`).join(' ')} else -1 end`;

type Incoming = (column: string) => string;

function ofTheMessage(column: string) {
  return (incoming: string) => `case when type in (${STAND_INS}) then ${incoming} else ${column} end`;
}

/** What was edited keeps its last words, what was taken back keeps none. The type comes last: the others look at it. */
const WHERE_STAND_IN = {
  media: (incoming: string) =>
    `case when type = 'edit' and revoked_at is null then ${incoming} else media end`,
  push_name: ofTheMessage('push_name'),
  quoted_id: ofTheMessage('quoted_id'),
  message_timestamp: ofTheMessage('message_timestamp'),
  type: ofTheMessage('type'),
};

const TOLD_NAME = (incoming: string) => `coalesce(${incoming}, name)`;
const GUESSED_NAME = (incoming: string) => `coalesce(name, ${incoming})`;

/** The id comes before the time it is chosen by. */
const CHAT_UPDATES = {
  lid: (incoming: string) => `coalesce(${incoming}, lid)`,
  phone_number: (incoming: string) => `coalesce(${incoming}, phone_number)`,
  last_message_id: (incoming: string, of: Incoming) =>
    `case when last_message_at is null or ${of('last_message_at')} >= last_message_at
      then coalesce(${incoming}, last_message_id) else last_message_id end`,
  last_message_at: (incoming: string) =>
    `case when last_message_at is null or ${incoming} > last_message_at then coalesce(${incoming}, last_message_at)
      else last_message_at end`,
  updated_at: (incoming: string) => incoming,
};

function toChatValues({ deviceId, chat, lid, name, isGroup, last, at }: ChatNote): SqlValue[] {
  return [
    deviceId,
    clip(chat, 96),
    lid ?? (isLid(chat) ? clip(chat, 96) : null),
    isGroup ? null : clipNullable(phoneNumberOf(chat), 20),
    clipNullable(name, 191),
    isGroup,
    last?.at ?? null,
    last?.id ?? null,
    at,
  ];
}
