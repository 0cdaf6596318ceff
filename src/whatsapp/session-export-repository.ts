import type { Database } from '../database/database.ts';
import type { DeviceId } from '../shared/ids.ts';

interface KeyName {
  readonly type: string;
  readonly keyId: string;
}

/** SQL that reads every key of a session, by pages. */
export function createSessionExportRepository(database: Database) {
  return {
    /** In the order of the table's primary key; `after` null begins. */
    async keysAfter(
      deviceId: DeviceId,
      { after, limit }: { after: KeyName | null; limit: number },
    ): Promise<(KeyName & { readonly sealed: Buffer })[]> {
      const rows = await database.query<{ type: string; key_id: string; sealed: Buffer }>({
        text: `select type, key_id, \`blob\` as sealed from auth_key
          where device_id = ? and (type > ? or (type = ? and key_id > ?)) order by type, key_id limit ?`,
        params: [deviceId, after?.type ?? '', after?.type ?? '', after?.keyId ?? '', limit],
      });
      return rows.map(({ type, key_id: keyId, sealed }) => ({ type, keyId, sealed }));
    },
  };
}
