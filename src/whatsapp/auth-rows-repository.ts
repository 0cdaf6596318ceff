import type { Statement } from '../database/database.ts';
import type { Dialect } from '../database/dialect.ts';
import { powersOfTwo } from '../database/powers-of-two.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { WrappedDataKey } from './auth-sealer.ts';

/** The owner on whose behalf is written: a lease that moved on makes the write fail with FencedError. */
export interface AuthOwner {
  readonly deviceId: DeviceId;
  readonly epoch: number;
}

/** Sealed credentials and the number of their version, one more than the stored one. */
export interface NextCreds {
  readonly version: number;
  readonly sealed: Buffer;
  readonly at: Date;
}

/** A sealed key; null removes its row. */
export interface SealedKey {
  readonly type: string;
  readonly keyId: string;
  readonly sealed: Buffer | null;
}

/** Statements have one of few lengths, so that the database prepares each only once. */
const LARGEST_CHUNK = 128;

const KEY_COLUMNS = ['device_id', 'type', 'key_id', 'epoch', 'blob'];
const KEY_PRIMARY = ['device_id', 'type', 'key_id'];

/** Stores the data key of a device, in place of another one if need be: guard it. */
export function storeDataKey(
  dialect: Dialect,
  { deviceId, dataKey, at }: { deviceId: DeviceId; dataKey: WrappedDataKey; at: Date },
): Statement {
  const columns = ['device_id', 'kek_id', 'wrapped', 'created_at'];
  return {
    text: dialect.upsert({ table: 'auth_data_key', columns, keyColumns: ['device_id'] }),
    params: [deviceId, dataKey.kekId, dataKey.wrapped, at],
  };
}

/** Stores the first credentials of a device, in place of others if need be: guard it. */
export function storeCreds(dialect: Dialect, { deviceId, epoch }: AuthOwner, creds: NextCreds): Statement {
  const columns = ['device_id', 'epoch', 'version', 'blob', 'updated_at'];
  return {
    text: dialect.upsert({ table: 'auth_creds', columns, keyColumns: ['device_id'] }),
    params: [deviceId, epoch, creds.version, creds.sealed, creds.at],
  };
}

/** The statements that store and remove `keys`; rows of one type go together. */
export function keyStatements(
  dialect: Dialect,
  { deviceId, epoch, keys }: { deviceId: DeviceId; epoch: number; keys: readonly SealedKey[] },
): Statement[] {
  const rows = keys.flatMap(({ type, keyId, sealed }) =>
    sealed ? [[deviceId, type, keyId, epoch, sealed]] : [],
  );
  const stored = powersOfTwo(rows).map((chunk) => ({
    text: dialect.upsert({
      table: 'auth_key',
      columns: KEY_COLUMNS,
      keyColumns: KEY_PRIMARY,
      rows: chunk.length,
    }),
    params: chunk.flat(),
  }));
  return [...stored, ...removalStatements(deviceId, keys)];
}

/**
 * One statement that stores `keys` while the owner owns the session: without a row to take the device's name from, it fails
 * with MissingValueError. Null when one statement cannot do it.
 */
export function ownedKeysStatement(
  dialect: Dialect,
  { deviceId, epoch }: AuthOwner,
  keys: readonly SealedKey[],
): Statement | null {
  const rows = keys.length;
  const isOneSize = rows > 0 && rows <= LARGEST_CHUNK && Number.isInteger(Math.log2(rows));
  if (!isOneSize || keys.some(({ sealed }) => sealed === null)) return null;
  const upsert = { table: 'auth_key', columns: KEY_COLUMNS, keyColumns: KEY_PRIMARY, rows };
  const owned = `(${OWNED_DEVICE}${dialect.untilCommit})`;
  return {
    text: dialect.upsert({ ...upsert, row: `(${owned}, ?, ?, ?, ?)` }),
    params: keys.flatMap(({ type, keyId, sealed }) => [deviceId, epoch, type, keyId, epoch, sealed]),
  };
}

/** The lease is ours and the session was not erased meanwhile: keys without a data key could never be read. */
export const OWNED_DEVICE = `select l.device_id from device_lease l join auth_data_key k on k.device_id = l.device_id
      where l.device_id = ? and l.epoch = ? and l.boot_id is not null`;

function removalStatements(deviceId: DeviceId, keys: readonly SealedKey[]): Statement[] {
  const gone = Map.groupBy(
    keys.filter(({ sealed }) => sealed === null),
    ({ type }) => type,
  );
  return [...gone].flatMap(([type, group]) =>
    powersOfTwo(group).map((chunk) => ({
      text: `delete from auth_key where device_id = ? and type = ? and key_id in (${placeholders(chunk)})`,
      params: [deviceId, type, ...chunk.map(({ keyId }) => keyId)],
    })),
  );
}

/** One query per 128 ids. */
export function keyQueries(deviceId: DeviceId, type: string, keyIds: readonly string[]): Statement[] {
  return powersOfTwo(keyIds).map((chunk) => ({
    text: `select key_id, \`blob\` as sealed from auth_key where device_id = ? and type = ? and key_id in (${placeholders(chunk)})`,
    params: [deviceId, type, ...chunk],
  }));
}

/** Everything that is stored of a device's session, and what was read with it. */
export function eraseStatements(deviceId: DeviceId): Statement[] {
  return ['auth_key', 'auth_creds', 'auth_data_key', 'inbound_journal'].map((table) => ({
    text: `delete from ${table} where device_id = ?`,
    params: [deviceId],
  }));
}

function placeholders(items: readonly unknown[]): string {
  return items.map(() => '?').join(', ');
}
