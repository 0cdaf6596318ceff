import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { HistoryMessage } from './history.ts';
import { HISTORY_COLUMNS, type HistoryRow, toHistoryMessage } from './history-rows.ts';

/** A chat of one device, as far as it is in history. */
export interface Chat {
  readonly chat: string;
  /** What the other side calls itself, or the subject of the group; null where nobody told it. */
  readonly name: string | null;
  readonly isGroup: boolean;
  readonly lastAt: Date;
  /** Null when history does not have it any more. */
  readonly last: HistoryMessage | null;
  /** Messages that came since the device's side last wrote; `MOST_WAITING` stands for that many and more. */
  readonly waiting: number;
}

/** The place of a chat in the list: by its last message, then by its address. */
export interface ChatPosition {
  readonly lastAt: Date;
  readonly chat: string;
}

export interface ChatFilter {
  readonly deviceId: string;
  /** Part of a name or of a number; undefined for all. */
  readonly text: string | undefined;
}

export interface ChatSlice {
  readonly after?: ChatPosition | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Reads the chats of a device, the latest first. Methods throw what Database throws. */
export interface ChatRepository {
  slice(filter: ChatFilter, slice: ChatSlice): Promise<Chat[]>;
  count(filter: ChatFilter): Promise<number>;
}

export const MOST_WAITING = 20;

export function createChatRepository({ database }: { database: Database }): ChatRepository {
  const dialect = dialectOf(database.dialect);
  const chats = dialect.forceIndex('chat', 'chat_last_message_idx');
  const messages = dialect.forceIndex('history_message', 'history_message_chat_time_idx');

  /** The directions of the newest messages of each chat, newest first. */
  async function directionsOf(deviceId: string, found: readonly string[]): Promise<Map<string, string[]>> {
    const part = (_: string, index: number) =>
      `select chat_jid, direction, message_timestamp, id from (select chat_jid, direction, message_timestamp, id from ${messages}
        where device_id = ? and chat_jid = ? order by message_timestamp desc, id desc limit ${MOST_WAITING}) as chat_${index}`;
    const rows = await database.query<{ chat_jid: string; direction: string }>({
      text: `${found.map(part).join(' union all ')} order by message_timestamp desc, id desc`,
      params: found.flatMap((chat) => [deviceId, chat]),
    });
    const directions = new Map<string, string[]>();
    for (const { chat_jid, direction } of rows) {
      directions.set(chat_jid, [...(directions.get(chat_jid) ?? []), direction]);
    }
    return directions;
  }

  async function lastOf(rows: readonly ChatRow[]): Promise<Map<string, HistoryMessage>> {
    const ids = rows.flatMap(({ last_message_id }) => last_message_id ?? []);
    if (ids.length === 0) return new Map();
    const found = await database.query<HistoryRow>({
      text: `select ${HISTORY_COLUMNS} from history_message as m where m.id in (${ids.map(() => '?').join(', ')})`,
      params: ids,
    });
    return new Map(found.map((row) => [row.id, toHistoryMessage(row)]));
  }

  return {
    async slice(filter, { after, offset, limit }) {
      const { text, params } = conditionsOf(filter, after);
      const rows = await database.query<ChatRow>({
        text: `select chat_jid, name, is_group, last_message_at, last_message_id from ${chats} where ${text}
          order by last_message_at desc, chat_jid desc limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params,
      });
      if (rows.length === 0) return [];
      const last = await lastOf(rows);
      const directions = await directionsOf(
        filter.deviceId,
        rows.map(({ chat_jid }) => chat_jid),
      );
      return rows.map((row) => ({
        chat: row.chat_jid,
        name: row.name,
        isGroup: row.is_group === 1,
        lastAt: row.last_message_at,
        last: last.get(row.last_message_id ?? '') ?? null,
        waiting: waitingAmong(directions.get(row.chat_jid) ?? []),
      }));
    },
    async count(filter) {
      const { text, params } = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from ${chats} where ${text}`,
        params,
      });
      return Number(row?.total ?? 0);
    },
  };
}

interface ChatRow {
  readonly chat_jid: string;
  readonly name: string | null;
  readonly is_group: number;
  readonly last_message_at: Date;
  readonly last_message_id: string | null;
}

function conditionsOf({ deviceId, text }: ChatFilter, after?: ChatPosition): Statement {
  const conditions = ['device_id = ?', 'last_message_at is not null'];
  const params: SqlValue[] = [deviceId];
  if (text !== undefined) {
    const pattern = `%${text.toLowerCase().replace(/[%_!]/g, '!$&')}%`;
    conditions.push("(lower(name) like ? escape '!' or phone_number like ? escape '!')");
    params.push(pattern, pattern);
  }
  if (after) {
    conditions.push('last_message_at <= ? and (last_message_at < ? or chat_jid < ?)');
    params.push(after.lastAt, after.lastAt, after.chat);
  }
  return { text: conditions.join(' and '), params };
}

function waitingAmong(directions: readonly string[]): number {
  const ours = directions.indexOf('out');
  return ours === -1 ? directions.length : ours;
}
