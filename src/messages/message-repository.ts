import { clip } from '../database/columns.ts';
import type { Database, SqlValue, Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { NewOutboundMessage, OutboundMessage, StoredMessage, StoredReceivedMessage } from './message.ts';
import {
  type OutboundRow,
  RECEIVED_COLUMNS,
  type ReceivedRow,
  toOutboundMessage,
  toReceivedValues,
  toStoredReceivedMessage,
} from './message-rows.ts';
import { STATUS_STEPS, type StatusAdvance } from './message-status.ts';

/** Which part of a device's history to list. */
export interface MessagePage {
  readonly deviceId: DeviceId;
  readonly direction: 'in' | 'out' | 'both';
  /** Only this chat, under either kind of address. */
  readonly chat?: Jid | undefined;
  /** Only messages older than the one with this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface MessageRepository {
  /** Stores a message as `queued`. Throws DuplicateKeyError when the device used the WhatsApp message id before. */
  add(message: NewOutboundMessage): Promise<OutboundMessage>;
  find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null>;
  /** Moves statuses forward, never back; resolves with the ids it moved. Ids that are not ours are ignored. */
  advance(deviceId: DeviceId, advance: StatusAdvance): Promise<WaMessageId[]>;
  /** Stores what a device received, once: WhatsApp delivers again after a reconnect. */
  addReceived(message: Omit<StoredReceivedMessage, 'receivedAt'>): Promise<'stored' | 'duplicate'>;
  /** Newest first. The `id` of the last one is the cursor of the next page. */
  list(page: MessagePage): Promise<StoredMessage[]>;
}

interface MessageRepositoryOptions {
  readonly database: Database;
  readonly clock: Clock;
}

/** Methods throw what Database throws. */
export function createMessageRepository({ database, clock }: MessageRepositoryOptions): MessageRepository {
  const dialect = dialectOf(database.dialect);
  const pageOf = <Row>(table: 'outbound_message' | 'received_message', page: MessagePage) => {
    const { deviceId, chat, before, limit } = page;
    const conditions = ['device_id = ?'];
    const params: SqlValue[] = [deviceId];
    if (before !== undefined) {
      conditions.push('id < ?');
      params.push(before);
    }
    if (chat !== undefined) {
      const columns = CHAT_COLUMNS[table];
      conditions.push(`(${columns.map((column) => `${column} = ?`).join(' or ')})`);
      params.push(...columns.map(() => chat));
    }
    const from = dialect.forceIndex(table, `${table}_device_id_id_idx`);
    return database.query<Row>({
      text: `select * from ${from} where ${conditions.join(' and ')} order by id desc limit ${Math.trunc(limit)}`,
      params,
    });
  };

  const find = async (deviceId: DeviceId, waMessageId: WaMessageId) => {
    const [row] = await database.query<OutboundRow>({
      text: 'select * from outbound_message where device_id = ? and wa_message_id = ?',
      params: [deviceId, waMessageId],
    });
    return row ? toOutboundMessage(row) : null;
  };

  return {
    find,
    async add(message) {
      const { id, deviceId, waMessageId, chat, kind, text } = message;
      const createdAt = clock.now();
      await database.run({
        text: `insert into outbound_message (id, device_id, wa_message_id, chat_jid, kind, text, status, attempts, created_at)
          values (?, ?, ?, ?, ?, ?, 'queued', 0, ?)`,
        params: [id, deviceId, waMessageId, chat, kind, text, createdAt],
      });
      return { ...message, ...FRESH, createdAt };
    },
    async advance(deviceId, advance) {
      const { waMessageIds } = advance;
      if (waMessageIds.length === 0) return [];
      const { changes } = await database.writeAtomically({
        statements: waMessageIds.map((waMessageId) => advanceStatement({ deviceId, waMessageId }, advance)),
      });
      return waMessageIds.filter((_, index) => changes[index] !== 0);
    },
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
    async list(page) {
      const wants = (direction: 'in' | 'out') => page.direction === direction || page.direction === 'both';
      const [sent, received] = await Promise.all([
        wants('out') ? pageOf<OutboundRow>('outbound_message', page) : [],
        wants('in') ? pageOf<ReceivedRow>('received_message', page) : [],
      ]);
      const messages: StoredMessage[] = [
        ...sent.map((row) => ({ direction: 'out' as const, ...toOutboundMessage(row) })),
        ...received.map((row) => ({ direction: 'in' as const, ...toStoredReceivedMessage(row) })),
      ];
      return messages.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, page.limit);
    },
  };
}

const INSERT_RECEIVED = `insert into received_message (${RECEIVED_COLUMNS.join(', ')})
  values (${RECEIVED_COLUMNS.map(() => '?').join(', ')})`;

/** Changes no row when the message is unknown or further on already. */
function advanceStatement(
  { deviceId, waMessageId }: { deviceId: DeviceId; waMessageId: WaMessageId },
  { status, at, error }: StatusAdvance,
): Statement {
  const { column, from } = STATUS_STEPS[status];
  const attempt = status === 'sending' ? 'attempts = attempts + 1, ' : '';
  const [code, reason] = error ? [clip(error.code, 64), clip(error.message, 500)] : [null, null];
  return {
    text: `update outbound_message set ${attempt}status = ?, ${column} = ?, error_code = ?, error_message = ?
      where device_id = ? and wa_message_id = ? and status in (${from.map(() => '?').join(', ')})`,
    params: [status, at, code, reason, deviceId, waMessageId, ...from],
  };
}

/** What we sent to one person has one address; what we received may have both. */
const CHAT_COLUMNS = { outbound_message: ['chat_jid'], received_message: ['chat_jid', 'chat_alt'] };

const FRESH = {
  status: 'queued',
  attempts: 0,
  errorCode: null,
  errorMessage: null,
  sendingAt: null,
  ackedAt: null,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  failedAt: null,
} as const satisfies Partial<OutboundMessage>;
