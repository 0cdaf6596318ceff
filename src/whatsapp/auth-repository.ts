import type { Database, Statement } from '../database/database.ts';
import { MissingValueError } from '../database/database-error.ts';
import { dialectOf } from '../database/dialect.ts';
import { FencedError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import {
  type AuthOwner,
  eraseStatements,
  keyQueries,
  keyStatements,
  type NextCreds,
  OWNED_DEVICE,
  ownedKeysStatement,
  type SealedKey,
  storeCreds,
  storeDataKey,
} from './auth-rows-repository.ts';
import type { WrappedDataKey } from './auth-sealer.ts';
import {
  type JournalRow,
  journalQuery,
  journalStatements,
  newEntriesQuery,
  type SealedJournalEntry,
} from './inbound-journal-repository.ts';

/** What one look at the database tells of a device's session. */
export interface StoredAuth {
  /** The epoch of the lease that somebody holds now; null when nobody does. */
  readonly leaseEpoch: number | null;
  readonly creds: { readonly version: number; readonly sealed: Buffer } | null;
  readonly dataKey: WrappedDataKey | null;
  /** The highest id among the stored pre-keys; 0 without any. */
  readonly highestPreKeyId: number;
  readonly hasKeys: boolean;
}

/** SQL of the auth tables. Methods throw what Database throws. */
export function createAuthRepository(database: Database) {
  const dialect = dialectOf(database.dialect);
  return {
    async load(deviceId: DeviceId): Promise<StoredAuth> {
      const [row] = await database.query<StoredAuthRow>({ text: LOAD, params: [deviceId] });
      if (!row) throw new Error('a query over one row found none');
      return toStoredAuth(row);
    },

    /** Sealed values by key id; ids without a row are left out. */
    async keys(deviceId: DeviceId, type: string, keyIds: readonly string[]): Promise<Map<string, Buffer>> {
      const found = new Map<string, Buffer>();
      for (const query of keyQueries(deviceId, type, keyIds)) {
        const rows = await database.query<{ key_id: string; sealed: Buffer }>(query);
        for (const { key_id, sealed } of rows) found.set(key_id, sealed);
      }
      return found;
    },

    journalled: (deviceId: DeviceId, hashes: readonly string[]) =>
      database.query<JournalRow>(journalQuery(deviceId, hashes)),

    /** The oldest journal entries that nobody took over yet. */
    newEntries: (deviceId: DeviceId, limit: number) =>
      database.query<JournalRow>(newEntriesQuery(deviceId, limit)),

    /** Keys, what was read with them and, when given, credentials, all or nothing. Repeating it after an unknown outcome does no harm. */
    async write(
      owner: AuthOwner,
      change: {
        keys: readonly SealedKey[];
        creds: NextCreds | null;
        journal: readonly SealedJournalEntry[];
      },
    ): Promise<void> {
      // What every message does; one statement is one round trip instead of four.
      const isKeysOnly = change.creds === null && change.journal.length === 0;
      const statement = isKeysOnly ? ownedKeysStatement(dialect, owner, change.keys) : null;
      if (statement) return writeOwned(database, statement);
      const { changes } = await database.writeAtomically({
        guard: ownerGuard(owner),
        statements: [
          ...(change.creds ? [credsUpdate(owner, change.creds)] : []),
          ...keyStatements(dialect, { ...owner, keys: change.keys }),
          ...journalStatements(dialect, owner.deviceId, change.journal),
        ],
      });
      if (change.creds && changes[0] === 0) throw new FencedError('the credentials were removed');
    },

    /** The first write of a session: its data key, credentials and keys. Never replaces another session's. */
    async create(
      owner: AuthOwner,
      first: { dataKey: WrappedDataKey; creds: NextCreds; keys: readonly SealedKey[] },
    ): Promise<void> {
      const { dataKey, creds, keys } = first;
      const { deviceId, epoch } = owner;
      await database.writeAtomically({
        guard: vacancyGuard(owner, dataKey),
        statements: [
          storeDataKey(dialect, { deviceId, dataKey, at: creds.at }),
          storeCreds(dialect, owner, creds),
          ...keyStatements(dialect, { deviceId, epoch, keys }),
        ],
      });
    },

    async hasCreds(deviceId: DeviceId): Promise<boolean> {
      const rows = await database.query({
        text: 'select 1 from auth_creds where device_id = ?',
        params: [deviceId],
      });
      return rows.length > 0;
    },

    /** `epoch` null: whoever holds the lease; only for devices that no process runs. */
    async erase({ deviceId, epoch }: { deviceId: DeviceId; epoch: number | null }): Promise<void> {
      const guard = epoch === null ? undefined : leaseGuard({ deviceId, epoch });
      await database.writeAtomically({ guard, statements: eraseStatements(deviceId) });
    },

    /** Moves the credentials, sealed as they are, to a tombstone and removes the session; expired tombstones go. */
    async entomb(tombstone: {
      id: string;
      deviceId: DeviceId;
      reason: string;
      at: Date;
      expiresAt: Date;
    }): Promise<void> {
      const { id, deviceId, reason, at, expiresAt } = tombstone;
      await database.writeAtomically({
        statements: [
          { text: ENTOMB, params: [id, reason.slice(0, 40), expiresAt, at, deviceId] },
          ...eraseStatements(deviceId),
          { text: 'delete from auth_tombstone where expires_at <= ?', params: [at] },
        ],
      });
    },
  };
}

async function writeOwned(database: Database, statement: Statement): Promise<void> {
  try {
    await database.run(statement);
  } catch (error) {
    if (!(error instanceof MissingValueError)) throw error;
    throw new FencedError('the session is owned elsewhere, or was removed', { cause: error });
  }
}

export type AuthRepository = ReturnType<typeof createAuthRepository>;

interface StoredAuthRow {
  readonly lease_epoch: number | string | null;
  readonly version: number | null;
  readonly sealed: Buffer | null;
  readonly kek_id: string | null;
  readonly wrapped: Buffer | null;
  readonly highest_pre_key: string | null;
  readonly has_keys: number;
}

/** One round trip per device to open: it is what restoring a hundred devices costs. */
const LOAD = `
  select l.epoch as lease_epoch, c.version, c.\`blob\` as sealed, k.kek_id, k.wrapped,
    (select a.key_id from auth_key a where a.device_id = q.device_id and a.type = 'pre-key'
      order by length(a.key_id) desc, a.key_id desc limit 1) as highest_pre_key,
    exists (select 1 from auth_key a where a.device_id = q.device_id) as has_keys
  from (select ? as device_id) q
  left join device_lease l on l.device_id = q.device_id and l.boot_id is not null
  left join auth_creds c on c.device_id = q.device_id
  left join auth_data_key k on k.device_id = q.device_id`;

const ENTOMB = `
  insert into auth_tombstone (id, device_id, reason, kek_id, wrapped, \`blob\`, expires_at, created_at)
  select ?, c.device_id, ?, k.kek_id, k.wrapped, c.\`blob\`, ?, ?
  from auth_creds c join auth_data_key k on k.device_id = c.device_id where c.device_id = ?`;

function toStoredAuth(row: StoredAuthRow): StoredAuth {
  const { version, sealed, kek_id: kekId, wrapped } = row;
  return {
    leaseEpoch: row.lease_epoch === null ? null : Number(row.lease_epoch),
    creds: version === null || sealed === null ? null : { version, sealed },
    dataKey: kekId === null || wrapped === null ? null : { kekId, wrapped },
    highestPreKeyId: Number(row.highest_pre_key ?? 0),
    hasKeys: Number(row.has_keys) !== 0,
  };
}

function leaseGuard({ deviceId, epoch }: AuthOwner): Statement {
  return {
    text: 'select 1 from device_lease where device_id = ? and epoch = ? and boot_id is not null',
    params: [deviceId, epoch],
  };
}

function ownerGuard({ deviceId, epoch }: AuthOwner): Statement {
  return { text: OWNED_DEVICE, params: [deviceId, epoch] };
}

/** The lease is ours and no session is stored, or the very one we write again after an unknown outcome. */
function vacancyGuard({ deviceId, epoch }: AuthOwner, { wrapped }: WrappedDataKey): Statement {
  return {
    text: `select 1 from device_lease l left join auth_data_key k on k.device_id = l.device_id
      where l.device_id = ? and l.epoch = ? and l.boot_id is not null and (k.wrapped is null or k.wrapped = ?)
      and (k.wrapped is not null or not exists (select 1 from auth_creds c where c.device_id = l.device_id))`,
    params: [deviceId, epoch, wrapped],
  };
}

/** The old version moves aside, once: a repeated write finds the new version number and keeps what is aside. */
function credsUpdate({ deviceId, epoch }: AuthOwner, { version, sealed, at }: NextCreds): Statement {
  return {
    text: `update auth_creds set previous = case when version = ? then \`blob\` else previous end,
      \`blob\` = ?, version = ?, epoch = ?, updated_at = ? where device_id = ?`,
    params: [version - 1, sealed, version, epoch, at, deviceId],
  };
}
