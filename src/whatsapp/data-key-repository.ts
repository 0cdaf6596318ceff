import type { Database } from '../database/database.ts';

/** Whether any session is stored under a wrapped key: then a new master key would make it unreadable. */
export async function hasDataKeys(database: Database): Promise<boolean> {
  const rows = await database.query({ text: 'select 1 as found from auth_data_key limit 1', params: [] });
  return rows.length > 0;
}
