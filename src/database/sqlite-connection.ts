import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import type { SqlValue, Statement } from './executor.ts';

/** One synchronous SQLite connection that never waits for a lock: it throws an error that `isBusy` knows instead. */
export interface SqliteConnection {
  /** Throws when the statement would write. Columns declared DATETIME come as Date. */
  select(statement: Statement): unknown[];
  /** Runs a write and tells how many rows it touched. */
  change(statement: Statement): number;
  script(text: string): void;
  inTransaction(): boolean;
  close(): void;
}

interface Prepared {
  readonly statement: BetterSqlite3.Statement<unknown[], Record<string, unknown>>;
  readonly dateColumns: readonly string[];
}

const CACHED_STATEMENTS = 500;

/** Opens the file, creating it (mode 0600) and its folder (0700) when missing. */
export function openSqliteConnection(path: string): SqliteConnection {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
  const sqlite = new BetterSqlite3(path, { timeout: 0 });
  try {
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
  } catch (error) {
    sqlite.close();
    throw error;
  }

  const cache = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const known = cache.get(text);
    const prepared = known ?? prepareStatement(sqlite, text);
    if (known) cache.delete(text);
    else if (cache.size >= CACHED_STATEMENTS) evictOldest(cache);
    cache.set(text, prepared);
    return prepared;
  };

  return {
    select({ text, params }) {
      const { statement, dateColumns } = prepare(text);
      if (!statement.readonly) throw new Error(`a query must not write: ${text}`);
      const rows = statement.all(...params.map(toSqlite));
      if (dateColumns.length > 0) for (const row of rows) reviveDates(row, dateColumns);
      return rows;
    },
    change({ text, params }) {
      return prepare(text).statement.run(...params.map(toSqlite)).changes;
    },
    script: (text) => void sqlite.exec(text),
    inTransaction: () => sqlite.inTransaction,
    close: () => void sqlite.close(),
  };
}

function prepareStatement(sqlite: BetterSqlite3.Database, text: string): Prepared {
  const statement = sqlite.prepare<unknown[], Record<string, unknown>>(text);
  const columns = statement.reader ? statement.columns() : [];
  const dateColumns = columns
    .filter(({ type }) => type?.toUpperCase() === 'DATETIME')
    .map(({ name }) => name);
  return { statement, dateColumns };
}

function evictOldest(cache: Map<string, Prepared>): void {
  for (const text of cache.keys()) {
    cache.delete(text);
    return;
  }
}

function reviveDates(row: Record<string, unknown>, columns: readonly string[]): void {
  for (const column of columns) {
    const value = row[column];
    if (typeof value === 'number') row[column] = new Date(value);
  }
}

/** SQLite knows integers, reals, text and bytes: a date is stored as milliseconds since 1970, a boolean as 0 or 1. */
function toSqlite(value: SqlValue): string | number | bigint | Buffer | null {
  if (value instanceof Date) return BigInt(value.getTime());
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === 'boolean') return value ? 1 : 0;
  // The driver would bind a large integer as a real number.
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}
