import type { Database, SqlValue, Statement } from '../database/database.ts';
import { MissingValueError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { createOutboxDueRepository } from './outbox-due-repository.ts';
import type { NewOutboxMessage, OutboundMessage, QueuedMessage, SendError } from './outbox-message.ts';
import { type OutboxRow, toErrorValues, toOutboundMessage } from './outbox-rows.ts';
import {
  type Advance,
  advanceStatement,
  type Claim,
  claimStatement,
  insertClaimedStatement,
  insertStatements,
  type OwnMove,
  ownMoveStatement,
} from './outbox-statements.ts';

export type { Advance, Claim, OwnMove } from './outbox-statements.ts';

/** Which part of what a device sent to list. */
export interface OutboxPage {
  readonly deviceId: DeviceId;
  /** Only this chat. */
  readonly chat?: Jid | undefined;
  /** Only messages older than the one with this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** What is written together with messages, and the condition for all of it. */
interface Companions {
  readonly beside?: readonly Statement[] | undefined;
  readonly guard?: Statement | undefined;
}

interface RepositoryOptions {
  readonly database: Database;
  readonly clock: Clock;
}

export type OutboxRepository = ReturnType<typeof createOutboxRepository>;

/** The rows of the outbox. Methods throw what Database throws. */
export function createOutboxRepository({ database, clock }: RepositoryOptions) {
  const dialect = dialectOf(database.dialect);
  const { forceIndex } = dialect;
  const byId = forceIndex('outbound_message', 'outbound_message_device_id_id_idx');
  const messagesOf = async (statement: Statement) =>
    (await database.query<OutboxRow>(statement)).map(toOutboundMessage);

  return {
    ...createOutboxDueRepository({ database, clock }),

    /** Stores them as `queued`, all or none. Throws DuplicateKeyError, also for what is written `beside` them; FencedError. */
    async add(messages: readonly NewOutboxMessage[], { beside = [], guard }: Companions = {}): Promise<void> {
      const statements = [...beside, ...insertStatements(messages, clock.now())];
      if (guard) await database.writeAtomically({ guard, statements });
      else await changesOf(database, statements);
    },

    /**
     * Stores a message that its owner begins to send at once; with false nothing is stored, because the device is owned
     * elsewhere. Throws DuplicateKeyError as `add` does.
     */
    async addClaimed(
      message: NewOutboxMessage,
      claim: Claim,
      beside: readonly Statement[] = [],
    ): Promise<boolean> {
      try {
        await changesOf(database, [...beside, insertClaimedStatement(dialect, message, claim)]);
        return true;
      } catch (error) {
        if (error instanceof MissingValueError) return false;
        throw error;
      }
    },

    async find(deviceId: DeviceId, waMessageId: WaMessageId): Promise<OutboundMessage | null> {
      const [message] = await messagesOf({
        text: 'select * from outbound_message where device_id = ? and wa_message_id = ?',
        params: [deviceId, waMessageId],
      });
      return message ?? null;
    },

    /** Newest first. */
    page({ limit, ...of }: OutboxPage): Promise<OutboundMessage[]> {
      const { text, params } = conditionsOf(of);
      return messagesOf({
        text: `select * from ${byId} where ${text} order by id desc limit ${Math.trunc(limit)}`,
        params,
      });
    },

    /** How many there are on all pages. */
    async count(of: Pick<OutboxPage, 'deviceId' | 'chat'>): Promise<number> {
      const { text, params } = conditionsOf(of);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from ${byId} where ${text}`,
        params,
      });
      return Number(row?.total ?? 0);
    },

    /** Takes a message for sending; false when it is not to be had (see `whyNotClaimed`). */
    async claim(message: QueuedMessage, claim: Claim): Promise<boolean> {
      const { changes } = await database.run(claimStatement(message, claim));
      return changes === 1;
    },

    /** Whether this process still owns the device; if so, a claim failed because of the message or its job. */
    async owns(deviceId: DeviceId, epoch: number): Promise<boolean> {
      const rows = await database.query({
        text: 'select 1 from device_lease where device_id = ? and epoch = ?',
        params: [deviceId, epoch],
      });
      return rows.length > 0;
    },

    /** Moves statuses forward, never back; resolves with the ids it moved. Ids that are not ours are ignored. */
    async advance(deviceId: DeviceId, advance: Advance): Promise<WaMessageId[]> {
      const { waMessageIds } = advance;
      const statements = waMessageIds.map((waMessageId) =>
        advanceStatement({ deviceId, waMessageId }, advance),
      );
      const changes = await changesOf(database, statements);
      return waMessageIds.filter((_, index) => changes[index] !== 0);
    },

    /** What the owner decides about a message in `sending`; false when something else was faster. */
    async move(message: QueuedMessage, move: OwnMove): Promise<boolean> {
      const { changes } = await database.run(ownMoveStatement(message, move));
      return changes === 1;
    },

    /** Takes a queued message out of the queue until then, and notes why. */
    async postpone({ id }: QueuedMessage, until: Date, error: SendError): Promise<void> {
      await database.run({
        text: "update outbound_message set due_at = ?, error_code = ?, error_message = ? where id = ? and status = 'queued'",
        params: [until, ...toErrorValues(error), id],
      });
    },

    /** False when it is not queued any more. */
    async expire({ id }: Pick<QueuedMessage, 'id'>): Promise<boolean> {
      const { changes } = await database.run({
        text: "update outbound_message set status = 'expired' where id = ? and status = 'queued'",
        params: [id],
      });
      return changes === 1;
    },
  };
}

async function changesOf(database: Database, statements: readonly Statement[]): Promise<number[]> {
  const [only] = statements;
  if (!only) return [];
  if (statements.length === 1) return [(await database.run(only)).changes];
  return (await database.writeAtomically({ statements })).changes;
}

function conditionsOf({ deviceId, chat, before }: Omit<OutboxPage, 'limit'>) {
  const conditions: [string, SqlValue][] = [['device_id = ?', deviceId]];
  if (before !== undefined) conditions.push(['id < ?', before]);
  if (chat !== undefined) conditions.push(['chat_jid = ?', chat]);
  return {
    text: conditions.map(([text]) => text).join(' and '),
    params: conditions.map(([, value]) => value),
  };
}
