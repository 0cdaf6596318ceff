import type { Database, SqlValue } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { Chatbot, ChatbotStatus } from './chatbot.ts';
import { type ChatbotRow, toChatbot } from './chatbot-rows.ts';

/** What a caller decides about a new bot. */
export type NewChatbot = Pick<
  Chatbot,
  'number' | 'deviceId' | 'endpointUrl' | 'secretSealed' | 'status' | 'answersGroups'
>;

/** Fields left out stay as they are. `cursor`: events up to this one are none of the bot's business. */
export type ChatbotChange = Partial<
  Pick<Chatbot, 'endpointUrl' | 'secretSealed' | 'status' | 'answersGroups'>
> & {
  readonly cursor?: number;
};

export interface ChatbotFilter {
  readonly number?: string | undefined;
  readonly status?: ChatbotStatus | undefined;
  /** Null: of every device. */
  readonly deviceIds: readonly string[] | null;
}

/** A bot that is switched on, with the device it answers for. */
export interface ActiveBot {
  readonly id: number;
  readonly cursor: number;
  readonly number: string;
  readonly hasEndpoint: boolean;
  readonly answersGroups: boolean;
  /** Null while no device of ours has the number. */
  readonly deviceId: DeviceId | null;
  /** The same account under its hidden address. */
  readonly lid: Jid | null;
}

/** A device as far as a bot is concerned. */
export interface BotDevice {
  readonly deviceId: DeviceId;
  readonly number: string | null;
}

export type ChatbotRepository = ReturnType<typeof createChatbotRepository>;

/** The rows of chatbots. Methods throw what Database throws. */
export function createChatbotRepository({ database }: { database: Database }) {
  const find = async (column: 'id' | 'whatsapp_number', value: SqlValue): Promise<Chatbot | null> => {
    const [row] = await database.query<ChatbotRow>({
      text: `select * from chatbot where ${column} = ?`,
      params: [value],
    });
    return row ? toChatbot(row) : null;
  };

  return {
    find: (id: number) => find('id', id),
    findByNumber: (number: string) => find('whatsapp_number', number),

    /** In the order they were made. */
    async list(filter: ChatbotFilter & { limit: number; offset: number }): Promise<Chatbot[]> {
      const { text, params } = conditionsOf(filter);
      const rows = await database.query<ChatbotRow>({
        text: `select c.* from chatbot c where ${text} order by c.id
          limit ${Math.trunc(filter.limit)} offset ${Math.trunc(filter.offset)}`,
        params,
      });
      return rows.map(toChatbot);
    },

    async count(filter: ChatbotFilter): Promise<number> {
      const { text, params } = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from chatbot c where ${text}`,
        params,
      });
      return Number(row?.total ?? 0);
    },

    /** Null when the number has a bot already. */
    async add(bot: NewChatbot, { at, cursor }: { at: Date; cursor: number }): Promise<Chatbot | null> {
      try {
        await database.run({
          text: `insert into chatbot (whatsapp_number, device_id, endpoint_url, secret_sealed, status, answers_groups,
            cursor_seq, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          params: [
            bot.number,
            bot.deviceId,
            bot.endpointUrl,
            bot.secretSealed,
            bot.status,
            bot.answersGroups,
            cursor,
            at,
            at,
          ],
        });
      } catch (error) {
        if (error instanceof DuplicateKeyError) return null;
        throw error;
      }
      return find('whatsapp_number', bot.number);
    },

    /** False when there is no such bot. */
    async change(id: number, change: ChatbotChange, at: Date): Promise<boolean> {
      const columns = columnsOf(change);
      const { changes } = await database.run({
        text: `update chatbot set ${columns.map(([name]) => `${name} = ?`).join(', ')}, updated_at = ? where id = ?`,
        params: [...columns.map(([, value]) => value), at, id],
      });
      return changes === 1;
    },

    /** Removes the bot with its turns; false when there is none. What it said goes out all the same. */
    async remove(id: number): Promise<boolean> {
      const { changes } = await database.writeAtomically({
        statements: [
          { text: 'delete from chatbot_turn where chatbot_id = ?', params: [id] },
          { text: 'delete from chatbot where id = ?', params: [id] },
        ],
      });
      return changes[1] === 1;
    },

    /**
     * Every bot that is switched on. A number may be on several devices of ours; the bot answers for one of them: the one it
     * was given, while that has the number, else the oldest.
     */
    async active(): Promise<ActiveBot[]> {
      const rows = await database.query<ActiveRow>({
        text: `select c.id, c.whatsapp_number, c.cursor_seq, c.answers_groups, c.endpoint_url is not null as has_endpoint,
            c.device_id as wanted, d.device_id, d.lid
          from chatbot c left join device d on d.phone_number = c.whatsapp_number
          where c.status = 'aktif' order by c.id, d.record_number`,
        params: [],
      });
      const bots = new Map<number, ActiveBot>();
      for (const row of rows) {
        const isWanted = row.wanted === null || row.wanted === row.device_id;
        if (!bots.has(row.id))
          bots.set(row.id, { ...toActiveBot(row), ...(!isWanted && { deviceId: null }) });
        else if (row.wanted !== null && isWanted) bots.set(row.id, toActiveBot(row));
      }
      return [...bots.values()];
    },

    /** The device somebody means by its id or its record number. */
    async device(name: string): Promise<BotDevice | null> {
      const isNumber = /^\d{1,9}$/.test(name);
      const [row] = await database.query<{ device_id: string; phone_number: string | null }>({
        text: `select device_id, phone_number from device where device_id = ?
          ${isNumber ? 'or record_number = ?' : ''} order by case when device_id = ? then 0 else 1 end`,
        params: isNumber ? [name, Number(name), name] : [name, name],
      });
      return row ? { deviceId: row.device_id as DeviceId, number: row.phone_number } : null;
    },

    /** The devices that have this number. */
    async devicesOf(number: string): Promise<DeviceId[]> {
      const rows = await database.query<{ device_id: DeviceId }>({
        text: 'select device_id from device where phone_number = ? order by record_number',
        params: [number],
      });
      return rows.map(({ device_id }) => device_id);
    },
  };
}

interface ActiveRow {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly cursor_seq: number;
  readonly answers_groups: number;
  readonly has_endpoint: number;
  readonly wanted: string | null;
  readonly device_id: string | null;
  readonly lid: string | null;
}

function toActiveBot(row: ActiveRow): ActiveBot {
  return {
    id: row.id,
    number: row.whatsapp_number,
    cursor: Number(row.cursor_seq),
    hasEndpoint: row.has_endpoint === 1,
    answersGroups: row.answers_groups === 1,
    deviceId: row.device_id as DeviceId | null,
    lid: row.lid as Jid | null,
  };
}

function columnsOf({ endpointUrl, secretSealed, status, answersGroups, cursor }: ChatbotChange) {
  const columns: [string, SqlValue | undefined][] = [
    ['endpoint_url', endpointUrl],
    ['secret_sealed', secretSealed],
    ['status', status],
    ['answers_groups', answersGroups],
    ['cursor_seq', cursor],
  ];
  return columns.flatMap(([name, value]): [string, SqlValue][] =>
    value === undefined ? [] : [[name, value]],
  );
}

/** A key for some devices sees the bots of those, by the device they were given or the number they answer for. */
function conditionsOf({ number, status, deviceIds }: ChatbotFilter) {
  const conditions: [string, readonly SqlValue[]][] = [['1 = 1', []]];
  if (number !== undefined) conditions.push(['c.whatsapp_number = ?', [number]]);
  if (status !== undefined) conditions.push(['c.status = ?', [status]]);
  if (deviceIds !== null) {
    const list = deviceIds.map(() => '?').join(', ');
    conditions.push([
      deviceIds.length === 0
        ? '1 = 0'
        : `(c.device_id in (${list}) or (c.device_id is null and exists
            (select 1 from device d where d.phone_number = c.whatsapp_number and d.device_id in (${list}))))`,
      [...deviceIds, ...deviceIds],
    ]);
  }
  return {
    text: conditions.map(([text]) => text).join(' and '),
    params: conditions.flatMap(([, values]) => values),
  };
}
