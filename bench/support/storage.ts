import { startMariaDb } from '../../test/support/mariadb.ts';
import { startRedis } from '../../test/support/redis.ts';

/** What the server stores in and wakes itself with. */
export interface Storage {
  readonly name: string;
  readonly databaseUrl?: string | undefined;
  /** For the server's process. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** `sqlite`, the file in the data folder; or `mariadb`, private instances of MariaDB and Redis that flush each commit. */
export async function startStorage(name: string): Promise<Storage> {
  if (name === 'sqlite') return { name: 'SQLite', environment: {}, stop: async () => {} };
  if (name !== 'mariadb') throw new Error(`--storage is sqlite, mariadb or both, not ${name}`);
  const [mariadb, redis] = await Promise.all([startMariaDb({ flushAtCommit: 1 }), startRedis()]);
  const databaseUrl = await mariadb.createDatabase();
  return {
    name: 'MariaDB+Redis',
    databaseUrl,
    environment: { DATABASE_URL: databaseUrl, REDIS_URL: redis.url },
    async stop() {
      await Promise.all([mariadb.stop(), redis.stop()]);
    },
  };
}
