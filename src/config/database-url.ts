import path from 'node:path';

/** What the keys about the database say; all optional. */
export interface DatabaseKeys {
  readonly DATABASE_URL?: string | undefined;
  readonly DB_HOST?: string | undefined;
  readonly DB_PORT?: number | string | undefined;
  readonly DB_USER?: string | undefined;
  readonly DB_PASSWORD?: string | undefined;
  readonly DB_NAME?: string | undefined;
}

/** What is wrong with the keys as a group, by the key that is at fault. */
export function databaseProblems(keys: DatabaseKeys): { key: string; message: string }[] {
  if (keys.DATABASE_URL !== undefined || !wantsServer(keys)) return [];
  return (['DB_HOST', 'DB_USER', 'DB_NAME'] as const)
    .filter((key) => keys[key] === undefined)
    .map((key) => ({ key, message: 'is missing; DB_HOST, DB_USER and DB_NAME go together' }));
}

/** `mysql://…` or `file:…` with an absolute path; a SQLite file in the data folder when nothing is configured. */
export function databaseUrl(
  keys: DatabaseKeys,
  { directory, dataDir }: { directory: string; dataDir: string },
): string {
  if (keys.DATABASE_URL !== undefined) return normalised(keys.DATABASE_URL, directory);
  if (!wantsServer(keys)) return `file:${path.join(dataDir, 'wafleet.db')}`;
  const { DB_HOST = '', DB_PORT = 3306, DB_USER = '', DB_PASSWORD = '', DB_NAME = '' } = keys;
  const host = DB_HOST.includes(':') && !DB_HOST.startsWith('[') ? `[${DB_HOST}]` : DB_HOST;
  const credentials = `${encodeURIComponent(DB_USER)}:${encodeURIComponent(DB_PASSWORD)}`;
  return `mysql://${credentials}@${host}:${DB_PORT}/${encodeURIComponent(DB_NAME)}`;
}

/** A lone DB_PORT or DB_PASSWORD (a leftover in a file) does not ask for a server. */
function wantsServer({ DB_HOST, DB_USER, DB_NAME }: DatabaseKeys): boolean {
  return DB_HOST !== undefined || DB_USER !== undefined || DB_NAME !== undefined;
}

function normalised(url: string, directory: string): string {
  if (url.startsWith('mariadb://')) return `mysql://${url.slice('mariadb://'.length)}`;
  if (!url.startsWith('file:')) return url;
  const file = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
  return `file:${path.resolve(directory, file)}`;
}
