import type {
  Connection,
  Pool,
  PoolConnection,
  PoolOptions,
  ResultSetHeader,
  RowDataPacket,
} from 'mysql2/promise';
import type { Clock } from '../shared/clock.ts';
import { FencedError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Batch, ExclusiveSession, Executor, SqlValue, Statement } from './executor.ts';
import { isConnectionLost, isDeadlock, toMysqlError } from './mysql-error.ts';
import { retryTransient } from './retry.ts';

interface MysqlOptions {
  readonly url: URL;
  readonly clock: Clock;
  readonly log: Logger;
}

const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
/** A server that accepts and never answers must not hold a caller for ever. */
const QUERY_TIMEOUT_MS = 20_000;
const DEADLOCK_TIMEOUT_MS = 5_000;

/** What makes MySQL and MariaDB agree with each other, and both with UTC. */
const SESSION_SETTINGS = [
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "set session time_zone = '+00:00'",
  'set session innodb_lock_wait_timeout = 5',
  'set session transaction isolation level read committed',
];

const READS = /^\s*(select|with|show|explain)\b/i;

/** MySQL or MariaDB through a pool of prepared-statement connections. */
export async function openMysqlExecutor({ url, clock, log }: MysqlOptions): Promise<Executor> {
  const { createConnection, createPool } = await import('mysql2/promise');
  const pool = createPool({
    ...connectionOptions(url),
    connectionLimit: POOL_SIZE,
    maxPreparedStatements: 256,
  });
  pool.on('connection', (connection) => prepareSession(connection, log));

  const withConnection = <Result>(work: (connection: PoolConnection) => Promise<Result>) =>
    retryTransient(() => useConnection(pool, work), {
      clock,
      isTransient: isDeadlock,
      giveUpAfterMs: DEADLOCK_TIMEOUT_MS,
    }).catch((error: unknown) => {
      throw toMysqlError(error);
    });

  const executor: Executor = {
    dialect: 'mysql',
    async query<Row>(statement: Statement) {
      if (!READS.test(statement.text)) throw new Error(`a query must not write: ${statement.text}`);
      return withConnection((connection) => select(connection, statement) as Promise<Row[]>);
    },
    async run(statement) {
      return { changes: await withConnection((connection) => change(connection, statement)) };
    },
    async writeAtomically(batch) {
      return { changes: await withConnection((connection) => inTransaction(connection, batch)) };
    },
    async exclusively(work) {
      const own = await createConnection({ ...connectionOptions(url), multipleStatements: true }).catch(
        (error: unknown) => {
          throw toMysqlError(error);
        },
      );
      try {
        for (const text of SESSION_SETTINGS) await own.query(text);
        await takeNamedLock(own);
        return await work(sessionOn(own));
      } finally {
        // The server frees the lock with the connection.
        own.destroy();
      }
    },
    async ping() {
      await executor.query({ text: 'select 1', params: [] });
    },
    close: () => pool.end(),
  };
  await executor.ping();
  return executor;
}

function connectionOptions({ hostname, port, username, password, pathname }: URL): PoolOptions {
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    jsonStrings: true,
    supportBigNumbers: true,
  };
}

/** Queued on the connection before anything a caller asks of it. */
function prepareSession(connection: PoolConnection, log: Logger): void {
  const raw = connection as unknown as {
    query(text: string, done: (error: Error | null) => void): void;
    destroy(): void;
  };
  for (const text of SESSION_SETTINGS) {
    raw.query(text, (error) => {
      if (!error) return;
      log.error({ error, text }, 'database session could not be set up');
      raw.destroy();
    });
  }
}

async function useConnection<Result>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await pool.getConnection();
  try {
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    if (isConnectionLost(error)) connection.destroy();
    else connection.release();
    throw error;
  }
}

async function inTransaction(connection: PoolConnection, { guard, statements }: Batch): Promise<number[]> {
  await connection.query('start transaction');
  try {
    await checkGuard(connection, guard);
    const changes: number[] = [];
    for (const statement of statements) changes.push(await change(connection, statement));
    await connection.query('commit');
    return changes;
  } catch (error) {
    if (!isConnectionLost(error)) await connection.query('rollback');
    throw error;
  }
}

/** Locks the row it finds until the commit, so that nobody takes the lease over in between. */
async function checkGuard(connection: Connection, guard: Statement | undefined): Promise<void> {
  if (!guard) return;
  const locking = { text: `${guard.text} lock in share mode`, params: guard.params };
  const rows = await select(connection, locking);
  if (rows.length === 0) throw new FencedError('the guard of the write found no row');
}

async function select(connection: Connection, { text, params }: Statement): Promise<unknown[]> {
  const [rows] = await connection.execute<RowDataPacket[]>(
    { sql: text, timeout: QUERY_TIMEOUT_MS },
    params.map(toMysql),
  );
  return rows;
}

async function change(connection: Connection, { text, params }: Statement): Promise<number> {
  const [result] = await connection.execute<ResultSetHeader>(
    { sql: text, timeout: QUERY_TIMEOUT_MS },
    params.map(toMysql),
  );
  return result.affectedRows;
}

/** The driver takes bytes only as Buffer. */
function toMysql(value: SqlValue): string | number | bigint | boolean | Date | Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value;
}

/** One migration run per database; the others wait for it. */
async function takeNamedLock(connection: Connection): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "select get_lock(concat('wafleet.', md5(database())), 120) as taken",
  );
  if (rows[0]?.taken !== 1) throw new Error('another process holds the migration lock of this database');
}

function sessionOn(connection: Connection): ExclusiveSession {
  return {
    query: <Row>(statement: Statement) => select(connection, statement) as Promise<Row[]>,
    async run(statement) {
      await change(connection, statement);
    },
    async script(text) {
      await connection.query(text);
    },
  };
}
