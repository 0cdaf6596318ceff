import type { SqlValue, Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Lane, NewOutboxMessage, OutboundStatus, QueuedMessage, SendError } from './outbox-message.ts';
import { NEW_COLUMNS, toErrorValues, toNewValues } from './outbox-rows.ts';
import { STATUS_STEPS } from './outbox-state.ts';

/** News from the wire about messages of a device; true whoever owns the device now. */
export interface Advance {
  readonly waMessageIds: readonly WaMessageId[];
  readonly status: 'server_ack' | 'delivered' | 'read' | 'played' | 'failed';
  readonly at: Date;
  /** With `failed` only. */
  readonly error?: SendError | undefined;
}

/** What the owner of the device decides about a message it has begun to send. */
export interface OwnMove {
  readonly to: 'queued' | 'failed' | 'held';
  /** The claim of the device under which this is decided. */
  readonly epoch: number;
  readonly at: Date;
  readonly error: SendError | null;
  /** With `queued`: when it may be tried again. */
  readonly dueAt?: Date | undefined;
}

/** Rows in one statement; more would make the list of placeholders too long for SQLite. */
const ROWS_AT_ONCE = 200;

/** One statement for every few hundred rows. */
export function insertStatements(messages: readonly NewOutboxMessage[], createdAt: Date): Statement[] {
  const statements: Statement[] = [];
  for (let from = 0; from < messages.length; from += ROWS_AT_ONCE) {
    const some = messages.slice(from, from + ROWS_AT_ONCE);
    statements.push({
      text: insertText(some.length),
      params: some.flatMap((message) => toNewValues(message, createdAt)),
    });
  }
  return statements;
}

const ROW = `(${NEW_COLUMNS.map(() => '?').join(', ')})`;

function insertText(rows: number): string {
  return `insert into outbound_message (${NEW_COLUMNS.join(', ')}) values ${Array.from({ length: rows }, () => ROW).join(', ')}`;
}

/** True while the device is claimed under this epoch. */
const OWNED = 'exists (select 1 from device_lease l where l.device_id = ? and l.epoch = ?)';
/** True while nobody stopped the job. */
const JOB_RUNS = "exists (select 1 from job j where j.id = ? and j.status in ('queued', 'processing'))";

const CLAIM = `update outbound_message
  set status = 'sending', attempts = attempts + 1, sending_at = ?, lease_epoch = ?, lane = ?
  where id = ? and status = 'queued' and ${OWNED}`;
const CLAIM_JOB_ITEM = `${CLAIM} and ${JOB_RUNS}`;

/** How the owner of a device begins a message. */
export interface Claim {
  readonly epoch: number;
  readonly lane: Lane | null;
  readonly at: Date;
}

/** Stores a message as claimed already. It takes the name of its device from the claim: without one, MissingValueError. */
export function insertClaimedStatement(
  dialect: Dialect,
  message: NewOutboxMessage,
  { epoch, lane, at }: Claim,
): Statement {
  const [id = null, deviceId = null, ...others] = toNewValues(message, at, 'begun');
  const owned = `(select l.device_id from device_lease l where l.device_id = ? and l.epoch = ?${dialect.untilCommit})`;
  return {
    text: `insert into outbound_message (${NEW_COLUMNS.join(', ')}, sending_at, lease_epoch, lane)
      values (?, ${owned}, ${others.map(() => '?').join(', ')}, ?, ?, ?)`,
    params: [id, deviceId, epoch, ...others, at, epoch, lane],
  };
}

/** Changes no row when somebody else was faster, the device is owned elsewhere, or its job was stopped. */
export function claimStatement(
  { id, deviceId, jobId }: QueuedMessage,
  { epoch, lane, at }: Claim,
): Statement {
  const params: SqlValue[] = [at, epoch, lane, id, deviceId, epoch];
  return jobId === undefined ? { text: CLAIM, params } : { text: CLAIM_JOB_ITEM, params: [...params, jobId] };
}

/** Changes no row when the message is unknown or further on already. */
export function advanceStatement(
  { deviceId, waMessageId }: { deviceId: DeviceId; waMessageId: WaMessageId },
  { status, at, error }: Advance,
): Statement {
  return {
    text: ADVANCE[status],
    params: [at, at, ...toErrorValues(error ?? null), deviceId, waMessageId],
  };
}

const ADVANCE = {
  server_ack: advanceText('server_ack'),
  delivered: advanceText('delivered'),
  read: advanceText('read'),
  played: advanceText('played'),
  failed: advanceText('failed'),
};

/** WhatsApp's clock is not ours, and tells whole seconds: nothing happens to a message before it is accepted. */
function advanceText(status: Advance['status']): string {
  const time = `${STATUS_STEPS[status].column} = case when created_at > ? then created_at else ? end`;
  return `update outbound_message set status = '${status}', ${time}, error_code = ?, error_message = ?
    where device_id = ? and wa_message_id = ? and status in (${sources(status)})`;
}

/** Changes no row when news from the wire, or another owner, was faster. */
export function ownMoveStatement({ id, deviceId }: QueuedMessage, move: OwnMove): Statement {
  const { to, epoch, at, error, dueAt } = move;
  const time: SqlValue[] = to === 'queued' ? [dueAt ?? at] : to === 'failed' ? [at] : [];
  return { text: OWN_MOVE[to], params: [...time, ...toErrorValues(error), id, deviceId, epoch] };
}

const OWN_MOVE = {
  queued: ownMoveText("status = 'queued', due_at = ?"),
  failed: ownMoveText("status = 'failed', failed_at = ?"),
  held: ownMoveText("status = 'held'"),
};

function ownMoveText(assignments: string): string {
  return `update outbound_message set ${assignments}, error_code = ?, error_message = ?
    where id = ? and status = 'sending' and ${OWNED}`;
}

function sources(status: OutboundStatus): string {
  return STATUS_STEPS[status].from.map((from) => `'${from}'`).join(', ');
}
