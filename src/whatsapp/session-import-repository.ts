import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import {
  type AuthOwner,
  eraseStatements,
  keyStatements,
  type NextCreds,
  type SealedKey,
  storeCreds,
  storeDataKey,
} from './auth-rows-repository.ts';
import type { WrappedDataKey } from './auth-sealer.ts';

/**
 * SQL that brings a session in piece by piece. Until `finish` the device has keys without credentials, which opens as damage and
 * so is never mistaken for a new device. Every method throws FencedError when the lease moved on or credentials are stored.
 */
export function createSessionImportRepository(database: Database) {
  const dialect = dialectOf(database.dialect);
  return {
    /** Clears what an import that was interrupted left behind. */
    async begin(owner: AuthOwner, { dataKey, at }: { dataKey: WrappedDataKey; at: Date }): Promise<void> {
      const { deviceId } = owner;
      await database.writeAtomically({
        guard: vacancyGuard(owner),
        statements: [...eraseStatements(deviceId), storeDataKey(dialect, { deviceId, dataKey, at })],
      });
    },
    async addKeys(owner: AuthOwner, keys: readonly SealedKey[]): Promise<void> {
      const statements = keyStatements(dialect, { ...owner, keys });
      await database.writeAtomically({ guard: vacancyGuard(owner), statements });
    },
    async finish(owner: AuthOwner, creds: NextCreds): Promise<void> {
      await database.writeAtomically({
        guard: vacancyGuard(owner),
        statements: [storeCreds(dialect, owner, creds)],
      });
    },
  };
}

function vacancyGuard({ deviceId, epoch }: AuthOwner): Statement {
  return {
    text: `select 1 from device_lease l where l.device_id = ? and l.epoch = ? and l.boot_id is not null
      and not exists (select 1 from auth_creds c where c.device_id = l.device_id)`,
    params: [deviceId, epoch],
  };
}
