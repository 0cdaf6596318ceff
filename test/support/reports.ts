import { join } from 'node:path';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Api } from './api.ts';
import { startServer } from './server.ts';

/** A message of history as a test writes it; what is left out has a value that does not matter. */
export interface WrittenHistory {
  readonly id: string;
  readonly at: string;
  readonly deviceId?: string;
  readonly own?: string;
  /** The other side; in a group its author. */
  readonly other?: string | null;
  readonly direction?: 'in' | 'out';
  readonly group?: string;
  readonly waId?: string;
  readonly type?: string;
  readonly text?: string | null;
  readonly status?: string;
  readonly pushName?: string;
}

/** Puts messages into history as the part that records them does. */
export async function writeHistory(database: Database, messages: readonly WrittenHistory[]): Promise<void> {
  const statements = messages.map((message) => ({ text: INSERT, params: valuesOf(message) }));
  for (let from = 0; from < statements.length; from += 500) {
    await database.writeAtomically({ statements: statements.slice(from, from + 500) });
  }
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
  'status',
  'source',
  'message_timestamp',
  'stored_at',
];
const INSERT = `insert into history_message (${COLUMNS.join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`;

function valuesOf(message: WrittenHistory) {
  const { id, own = '62811000', other = '62812000', direction = 'in', group, status, pushName } = message;
  const address = other === null ? '55501@lid' : `${other}@s.whatsapp.net`;
  const isOut = direction === 'out';
  const inGroup = group !== undefined;
  const at = new Date(message.at);
  return [
    id,
    message.deviceId ?? 'shop',
    group ?? address,
    inGroup && !isOut ? address : '',
    direction,
    message.waId ?? `3EB0${id}`,
    own,
    isOut ? own : other,
    inGroup ? null : isOut ? other : own,
    inGroup ? null : other,
    inGroup,
    pushName ?? null,
    message.type ?? 'text',
    message.text === undefined ? `text of ${id}` : message.text,
    status ?? null,
    'live',
    at,
    at,
  ];
}

/** A chat of a device, as the part that records messages notes it. */
export interface WrittenChat {
  readonly chat: string;
  readonly name: string | null;
  readonly lastId: string;
  readonly at: string;
  readonly deviceId?: string;
}

export async function writeChats(database: Database, chats: readonly WrittenChat[]): Promise<void> {
  const statements = chats.map(({ chat, name, lastId, at, deviceId = 'shop' }) => ({
    text: `insert into chat (device_id, chat_jid, phone_number, name, is_group, last_message_at, last_message_id, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      deviceId,
      chat,
      chat.endsWith('@s.whatsapp.net') ? chat.slice(0, -'@s.whatsapp.net'.length) : null,
      name,
      chat.endsWith('@g.us'),
      new Date(at),
      lastId,
      new Date(at),
    ],
  }));
  await database.writeAtomically({ statements });
}

/** A server whose history a test writes by itself, and its data API. */
export async function startReporting(environment: Readonly<Record<string, string>> = {}) {
  const server = await startServer({ environment: { RATE_LIMIT_PER_MINUTE: '0', ...environment } });
  const url = `file:${join(server.dataDir, 'wafleet.db')}`;
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  return {
    server,
    database,
    /** Asks the data API with the administrator's key, or another. */
    get: <Data>(path: string, api: Api = server.api) => api.get<Data>(`/api/whatsapp/${path}`),
    put: <Data>(path: string, body: object, api: Api = server.api) =>
      api.put<Data>(`/api/whatsapp/${path}`, body),
    async stop() {
      await database.close();
      await server.stop();
    },
  };
}

export type Reporting = Awaited<ReturnType<typeof startReporting>>;

/** A page of messages, as far as tests look at it. */
export interface MessagePage {
  readonly items: readonly {
    readonly id: string;
    readonly messageId: string;
    readonly deviceId: string;
    readonly timestamp: string;
    readonly text: string | null;
  }[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly nextCursor: string | null;
}
