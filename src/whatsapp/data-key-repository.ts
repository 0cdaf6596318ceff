import type { Database } from '../database/database.ts';

/** Whether any session, a tombstone's included, depends on a wrapped key: then a new master key would make it unreadable. */
export async function hasDataKeys(database: Database): Promise<boolean> {
  const rows = await database.query({
    text: 'select 1 as found from auth_data_key union all select 1 as found from auth_tombstone limit 1',
    params: [],
  });
  return rows.length > 0;
}
