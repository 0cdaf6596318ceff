import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the rows are. */
export type DatabaseLocation =
  | { readonly dialect: 'sqlite'; readonly path: string }
  | { readonly dialect: 'mysql'; readonly url: URL };

/**
 * Reads `file:<path>` (relative to the working directory, or absolute) or `mysql://user:password@host:port/name`
 * (`mariadb://` is the same). Throws an Error that does not repeat the URL, which may hold a password.
 */
export function parseDatabaseUrl(text: string): DatabaseLocation {
  if (text.startsWith('file://')) return { dialect: 'sqlite', path: fileURLToPath(text) };
  if (text.startsWith('file:')) return sqliteFile(text.slice('file:'.length));

  const url = URL.parse(text);
  if (url === null || !/^(mysql|mariadb):$/.test(url.protocol)) {
    throw new Error('the database URL must start with file:, mysql:// or mariadb://');
  }
  if (url.hostname === '' || url.pathname.length < 2)
    throw new Error('the database URL names no host or no database');
  return { dialect: 'mysql', url };
}

function sqliteFile(path: string): DatabaseLocation {
  if (path === '' || path === ':memory:') throw new Error('the database URL names no file');
  return { dialect: 'sqlite', path: resolve(path) };
}
