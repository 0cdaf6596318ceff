import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { parseDatabaseUrl } from './database-url.ts';
import { dialectOf } from './dialect.ts';
import type { Batch, ExclusiveSession, Statement } from './executor.ts';
import type { PrismaClient } from './prisma-client.ts';
import { watchErrors } from './watched-executor.ts';

export type { Batch, ExclusiveSession, SqlValue, Statement } from './executor.ts';

/**
 * The database: SQL for the hot paths, Prisma for the rest. Every method throws AppError DATABASE_UNAVAILABLE when the
 * database cannot be reached or stays locked, STORAGE_FULL when its disk is full, and DuplicateKeyError when a key exists.
 */
export interface Database {
  readonly dialect: 'sqlite' | 'mysql';
  /**
   * The Prisma client, loaded with the first call. For single operations; what must be atomic goes through
   * `writeAtomically`, because on SQLite Prisma has a connection of its own.
   */
  prisma(): Promise<PrismaClient>;
  /**
   * Rows of a SELECT, which must not write. Values come alike from both databases: times as Date, bytes as Buffer, booleans
   * as 0 or 1, JSON as text, bigints as number (as text beyond 2^53 on MySQL). An expression over times, such as `max(t)`, is a
   * number of milliseconds on SQLite.
   */
  query<Row>(statement: Statement): Promise<Row[]>;
  /**
   * One write. `changes` counts the rows it matched, even those that had the values already; after an upsert only zero
   * and not zero mean the same on both databases.
   */
  run(statement: Statement): Promise<{ changes: number }>;
  /**
   * All statements in one transaction, durable when this resolves. If `guard` (a SELECT) returns no row, nothing is
   * written and FencedError is thrown. The guard's row cannot change before the commit: MySQL locks it, SQLite has one
   * writer. After DATABASE_UNAVAILABLE on MySQL the commit may still have happened: repeat only what may be repeated.
   */
  writeAtomically(batch: Batch): Promise<{ changes: number[] }>;
  /** Runs `work` while no other process does the same: one SQLite transaction, or a named lock on MySQL. */
  exclusively<Result>(work: (session: ExclusiveSession) => Promise<Result>): Promise<Result>;
  /** The database's clock. */
  now(): Promise<Date>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Waits for queued writes, then closes; nothing may be asked afterwards. Closing twice is harmless. */
  close(): Promise<void>;
}

interface DatabaseOptions {
  /** `file:<path>` or `mysql://user:password@host:port/name`. */
  readonly url: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Told of every error a method throws, beside the caller; also of expected ones such as DuplicateKeyError. */
  readonly onError?: (error: unknown) => void;
}

/** Opens the database and makes sure that it answers. Run `migrate` before anything else. */
export async function openDatabase({
  url,
  log,
  clock,
  onError = () => {},
}: DatabaseOptions): Promise<Database> {
  const location = parseDatabaseUrl(url);
  const executor = watchErrors(await openExecutor(location, { log, clock }), onError);
  const clockQuery = { text: `select ${dialectOf(executor.dialect).now} as now`, params: [] };
  let prisma: Promise<PrismaClient> | null = null;
  let closing: Promise<void> | null = null;

  return {
    ...executor,
    prisma() {
      prisma ??= import('./prisma-client.ts').then((module) =>
        module.createPrismaClient(location, { clock, onError }),
      );
      return prisma;
    },
    async now() {
      const [row] = await executor.query<{ now: Date | number }>(clockQuery);
      if (row === undefined) throw new Error('the database did not tell its time');
      return new Date(row.now);
    },
    close() {
      closing ??= (async () => {
        await prisma?.then((client) => client.$disconnect());
        await executor.close();
      })();
      return closing;
    },
  };
}

/** Loads only the driver that is needed. */
async function openExecutor(
  location: ReturnType<typeof parseDatabaseUrl>,
  { log, clock }: { log: Logger; clock: Clock },
) {
  if (location.dialect === 'sqlite') {
    const { openSqliteExecutor } = await import('./sqlite-executor.ts');
    return openSqliteExecutor({ path: location.path, clock });
  }
  const { openMysqlExecutor } = await import('./mysql-executor.ts');
  return openMysqlExecutor({ url: location.url, clock, log });
}
