import type { Database } from '../database/database.ts';
import type { WrappedDataKey } from './auth-sealer.ts';

/** A data key of a session or of a tombstone. */
export interface StoredDataKey extends WrappedDataKey {
  readonly table: 'auth_data_key' | 'auth_tombstone';
  /** The primary key of its row. */
  readonly rowId: string;
  readonly deviceId: string;
}

const PAGE = 200;

/** SQL for changing the key that wraps data keys. Methods throw what Database throws. */
export function createAuthRotationRepository(database: Database) {
  const pages = {
    auth_data_key: `select device_id as rowId, device_id as deviceId, kek_id as kekId, wrapped from auth_data_key
      where kek_id <> ? and device_id > ? order by device_id limit ${PAGE}`,
    auth_tombstone: `select id as rowId, device_id as deviceId, kek_id as kekId, wrapped from auth_tombstone
      where kek_id <> ? and id > ? order by id limit ${PAGE}`,
  };
  const updates = {
    auth_data_key: 'update auth_data_key set kek_id = ?, wrapped = ? where device_id = ? and wrapped = ?',
    auth_tombstone: 'update auth_tombstone set kek_id = ?, wrapped = ? where id = ? and wrapped = ?',
  };

  return {
    /** Some keys that another key than `kekId` wraps, in the order of their rows, after the row `after`. */
    async notWrappedBy(kekId: string, { table, after }: { table: StoredDataKey['table']; after: string }) {
      const rows = await database.query<Omit<StoredDataKey, 'table'>>({
        text: pages[table],
        params: [kekId, after],
      });
      return rows.map((row): StoredDataKey => ({ ...row, table }));
    },

    /** Leaves the row alone when it changed meanwhile. */
    async replace(old: StoredDataKey, { kekId, wrapped }: WrappedDataKey): Promise<void> {
      await database.run({ text: updates[old.table], params: [kekId, wrapped, old.rowId, old.wrapped] });
    },
  };
}
