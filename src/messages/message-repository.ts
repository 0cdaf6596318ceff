import type { Database, SqlValue } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { StoredReceivedMessage } from './message.ts';
import {
  RECEIVED_COLUMNS,
  type ReceivedRow,
  toReceivedValues,
  toStoredReceivedMessage,
} from './message-rows.ts';

/** Which part of what a device received to list. */
export interface ReceivedPage {
  readonly deviceId: DeviceId;
  /** Only this chat, under either kind of address. */
  readonly chat?: Jid | undefined;
  /** Only messages older than the one with this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** What devices received. Methods throw what Database throws. */
export interface MessageRepository {
  /** Stores what a device received, once: WhatsApp delivers again after a reconnect. */
  addReceived(message: Omit<StoredReceivedMessage, 'receivedAt'>): Promise<'stored' | 'duplicate'>;
  /** Newest first. The `id` of the last one is the cursor of the next page. */
  page(page: ReceivedPage): Promise<StoredReceivedMessage[]>;
  /** How many there are on all pages. */
  count(of: Pick<ReceivedPage, 'deviceId' | 'chat'>): Promise<number>;
  /** The newest under this id: the ids of two chats may be equal, though nobody has seen it. */
  find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<StoredReceivedMessage | null>;
}

interface MessageRepositoryOptions {
  readonly database: Database;
  readonly clock: Clock;
}

export function createMessageRepository({ database, clock }: MessageRepositoryOptions): MessageRepository {
  const table = dialectOf(database.dialect).forceIndex(
    'received_message',
    'received_message_device_id_id_idx',
  );
  return {
    async addReceived(message) {
      try {
        const params = toReceivedValues({ ...message, receivedAt: clock.now() });
        await database.run({ text: INSERT_RECEIVED, params });
        return 'stored';
      } catch (error) {
        if (error instanceof DuplicateKeyError) return 'duplicate';
        throw error;
      }
    },
    async page({ deviceId, chat, before, limit }) {
      const { text, params } = conditionsOf({ deviceId, chat, before });
      const rows = await database.query<ReceivedRow>({
        text: `select * from ${table} where ${text} order by id desc limit ${Math.trunc(limit)}`,
        params,
      });
      return rows.map(toStoredReceivedMessage);
    },
    async count(of) {
      const { text, params } = conditionsOf(of);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from ${table} where ${text}`,
        params,
      });
      return Number(row?.total ?? 0);
    },
    async find(deviceId, waMessageId) {
      const [row] = await database.query<ReceivedRow>({
        text: 'select * from received_message where device_id = ? and wa_message_id = ? order by id desc limit 1',
        params: [deviceId, waMessageId],
      });
      return row ? toStoredReceivedMessage(row) : null;
    },
  };
}

function conditionsOf({ deviceId, chat, before }: Omit<ReceivedPage, 'limit'>) {
  const conditions = ['device_id = ?'];
  const params: SqlValue[] = [deviceId];
  if (before !== undefined) {
    conditions.push('id < ?');
    params.push(before);
  }
  if (chat !== undefined) {
    conditions.push('(chat_jid = ? or chat_alt = ?)');
    params.push(chat, chat);
  }
  return { text: conditions.join(' and '), params };
}

const INSERT_RECEIVED = `insert into received_message (${RECEIVED_COLUMNS.join(', ')})
  values (${RECEIVED_COLUMNS.map(() => '?').join(', ')})`;
