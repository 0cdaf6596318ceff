import type { PrismaClient } from '../generated/sqlite/client.ts';
import type { Clock } from '../shared/clock.ts';
import type { DatabaseLocation } from './database-url.ts';
import { isPrismaBusy, toPrismaError } from './prisma-error.ts';
import { retryTransient } from './retry.ts';

/**
 * The application is typed against the SQLite client on both databases: its API is nearly a subset of MySQL's, so what
 * only MySQL has does not compile.
 */
export type { PrismaClient };

/** How long a locked SQLite file is asked again before it counts as unavailable. */
const BUSY_TIMEOUT_MS = 10_000;

interface ClientDeps {
  readonly clock: Clock;
  /** Told of every error an operation throws. */
  readonly onError: (error: unknown) => void;
}

/** Loads the one client that is needed (about 130 ms and 60 MB the first time) and connects with its first query. */
export async function createPrismaClient(
  location: DatabaseLocation,
  deps: ClientDeps,
): Promise<PrismaClient> {
  const client =
    location.dialect === 'sqlite' ? await forSqlite(location.path) : await forMysql(location.url);
  const extended = client.$extends({
    query: { $allOperations: ({ args, query }) => translated(() => query(args), deps) },
  });
  return extended as unknown as PrismaClient;
}

async function forSqlite(path: string): Promise<PrismaClient> {
  const [generated, { PrismaBetterSqlite3 }] = await Promise.all([
    import('../generated/sqlite/client.ts'),
    import('@prisma/adapter-better-sqlite3'),
  ]);
  // Never waits for a lock inside the driver, which would stop the whole process: `translated` asks again.
  const settings = { url: `file:${path}`, timeout: 0 };
  const factory = new PrismaBetterSqlite3(settings, { timestampFormat: 'unixepoch-ms' });
  return new generated.PrismaClient({
    adapter: {
      provider: factory.provider,
      adapterName: factory.adapterName,
      async connect() {
        const adapter = await factory.connect();
        await adapter.executeScript('pragma synchronous = full');
        return adapter;
      },
    },
  });
}

async function forMysql(url: URL): Promise<PrismaClient> {
  const [generated, { PrismaMariaDb }] = await Promise.all([
    import('../generated/mysql/client.ts'),
    import('@prisma/adapter-mariadb'),
  ]);
  const adapter = new PrismaMariaDb({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    connectionLimit: 5,
    connectTimeout: 2_000,
    acquireTimeout: 2_000,
    // The adapter's default of 0 prepares every statement anew, at half the speed.
    prepareCacheLength: 256,
    // MySQL 8's default sign-in over a plain connection needs it.
    allowPublicKeyRetrieval: true,
    // No initSql: where a connection breaks while the driver (3.4) prepares it with SQL of its own, the driver leaves a
    // rejected promise behind that ends the process. This collation travels in the handshake and needs no SQL.
    collation: 'UTF8MB4_BIN',
  });
  return new generated.PrismaClient({ adapter }) as unknown as PrismaClient;
}

function translated<Result>(work: () => Promise<Result>, { clock, onError }: ClientDeps): Promise<Result> {
  return retryTransient(work, { clock, isTransient: isPrismaBusy, giveUpAfterMs: BUSY_TIMEOUT_MS }).catch(
    (error: unknown) => {
      const ours = toPrismaError(error);
      onError(ours);
      throw ours;
    },
  );
}
