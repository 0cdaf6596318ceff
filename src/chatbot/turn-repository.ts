import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import { firstIdAt } from '../shared/ids.ts';
import type { ChatbotTurn, TurnStatus } from './chatbot.ts';
import { type TurnRow, toTurn } from './chatbot-rows.ts';
import { createTurnAttemptRepository } from './turn-attempt-repository.ts';

/** A turn as it begins: to be asked about, or skipped at once. */
export type NewTurn = Omit<ChatbotTurn, 'status' | 'attempts' | 'replies' | 'updatedAt'>;

/** An answered turn of a chat with what was said to us. */
export type AnsweredRow = ChatbotTurn & { readonly text: string | null };

export interface TurnPage {
  readonly chatbotId: number;
  readonly status?: TurnStatus | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** A turn, and how long it has to wait by the database's clock; not positive when it is due. */
export interface Waiting {
  readonly turn: ChatbotTurn;
  readonly inMs: number;
}

export type TurnRepository = ReturnType<typeof createTurnRepository>;

const COLUMNS = [
  'id',
  'chatbot_id',
  'device_id',
  'chat_jid',
  'message_id',
  'event_id',
  'status',
  'reason',
  'attempts',
  'next_attempt_at',
  'replies',
  'created_at',
  'updated_at',
] as const;

/** Rows of one statement: more would be too many placeholders for SQLite. */
const ROWS_AT_ONCE = 100;

/** The rows of turns. What is due is decided by the database's clock. Methods throw what Database throws. */
export function createTurnRepository({ database }: { database: Database }) {
  const { now, insertIgnore } = dialectOf(database.dialect);
  const turns = async (statement: Statement) => (await database.query<TurnRow>(statement)).map(toTurn);

  return {
    ...createTurnAttemptRepository({ database }),

    /** Stores the turns that are new and moves the cursors of the bots to `seq`, in one transaction. */
    async begin(
      all: readonly NewTurn[],
      { seq, botIds, at }: { seq: number; botIds: readonly number[]; at: Date },
    ): Promise<void> {
      const statements: Statement[] = [];
      for (let from = 0; from < all.length; from += ROWS_AT_ONCE) {
        const some = all.slice(from, from + ROWS_AT_ONCE);
        statements.push({
          text: insertIgnore({ table: 'chatbot_turn', columns: COLUMNS, rows: some.length }),
          params: some.flatMap((turn) => newValues(turn, at)),
        });
      }
      for (let from = 0; from < botIds.length; from += ROWS_AT_ONCE) {
        const some = botIds.slice(from, from + ROWS_AT_ONCE);
        statements.push({
          text: `update chatbot set cursor_seq = ? where id in (${some.map(() => '?').join(', ')}) and cursor_seq < ?`,
          params: [seq, ...some, seq],
        });
      }
      await database.writeAtomically({ statements });
    },

    async find(id: string): Promise<Waiting | null> {
      const [row] = await database.query<TurnRow & WaitingColumns>({
        text: `select t.*, ${now} as db_now from chatbot_turn t where t.id = ?`,
        params: [id],
      });
      if (!row) return null;
      const dueAt = row.next_attempt_at?.getTime() ?? 0;
      return { turn: toTurn(row), inMs: dueAt - Number(row.db_now) };
    },

    /** Whether an earlier message of the chat still waits for its answer. */
    async waitsForAnother({ id, chatbotId, chat }: ChatbotTurn): Promise<boolean> {
      const [first] = await database.query<{ id: string | null }>({
        text: `select min(id) as id from chatbot_turn where chatbot_id = ? and status = 'pending' and chat_jid = ?`,
        params: [chatbotId, chat],
      });
      return first?.id !== null && first?.id !== undefined && first.id !== id;
    },

    /** The ids of what a bot is to be asked now: of each chat the first message only. */
    async due(chatbotId: number, limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>({
        text: `select t.id from chatbot_turn t join
            (select min(id) as id from chatbot_turn where chatbot_id = ? and status = 'pending' group by chat_jid) first
            on first.id = t.id
          where t.next_attempt_at <= ${now} order by t.id limit ${Math.trunc(limit)}`,
        params: [chatbotId],
      });
      return rows.map(({ id }) => id);
    },

    /** Bots with something due. */
    async botsWithDue(limit: number): Promise<number[]> {
      const rows = await database.query<{ chatbot_id: number }>({
        text: `select distinct chatbot_id from chatbot_turn
          where status = 'pending' and next_attempt_at <= ${now} limit ${Math.trunc(limit)}`,
        params: [],
      });
      return rows.map(({ chatbot_id }) => chatbot_id);
    },

    /** What was answered in the chat of a turn since then, newest first. */
    async answered({ deviceId, chat }: ChatbotTurn, { since, limit }: { since: Date; limit: number }) {
      const rows = await database.query<TurnRow & { text: string | null }>({
        text: `select t.*, m.text from chatbot_turn t left join received_message m on m.id = t.message_id
          where t.device_id = ? and t.chat_jid = ? and t.created_at >= ? and t.status = 'answered' and t.replies > 0
          order by t.created_at desc, t.id desc limit ${Math.trunc(limit)}`,
        params: [deviceId, chat, since],
      });
      return rows.map((row): AnsweredRow => ({ ...toTurn(row), text: row.text }));
    },

    /** Newest first. */
    page({ chatbotId, status, before, limit }: TurnPage): Promise<ChatbotTurn[]> {
      const conditions: [string, SqlValue][] = [['chatbot_id = ?', chatbotId]];
      if (status !== undefined) conditions.push(['status = ?', status]);
      if (before !== undefined) conditions.push(['id < ?', before]);
      return turns({
        text: `select * from chatbot_turn where ${conditions.map(([text]) => text).join(' and ')}
          order by id desc limit ${Math.trunc(limit)}`,
        params: conditions.map(([, value]) => value),
      });
    },

    /** Forgets turns that were begun before then and have ended. */
    async purge(before: Date): Promise<void> {
      await database.run({
        text: "delete from chatbot_turn where id < ? and status <> 'pending'",
        params: [firstIdAt(before)],
      });
    },
  };
}

interface WaitingColumns {
  readonly next_attempt_at: Date | null;
  readonly db_now: Date | number;
}

function newValues(turn: NewTurn, at: Date): SqlValue[] {
  const { id, chatbotId, deviceId, chat, messageId, eventId, reason, createdAt } = turn;
  const isAsked = reason === null;
  return [
    id,
    chatbotId,
    deviceId,
    chat,
    messageId,
    eventId,
    isAsked ? 'pending' : 'skipped',
    reason,
    0,
    isAsked ? createdAt : null,
    0,
    createdAt,
    at,
  ];
}
