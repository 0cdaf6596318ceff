import type { Clock } from '../shared/clock.ts';
import type { ExclusiveSession, Executor, Statement } from './executor.ts';
import { retryTransient } from './retry.ts';
import { openSqliteConnection, type SqliteConnection } from './sqlite-connection.ts';
import { isBusy, toSqliteError } from './sqlite-error.ts';
import { createSqliteWriter } from './sqlite-writer.ts';

interface SqliteOptions {
  readonly path: string;
  readonly clock: Clock;
}

/** How long a locked database is asked again before it counts as unavailable. */
const BUSY_TIMEOUT_MS = 10_000;

/** SQLite in this process: reads run at once, writes are grouped; a commit is on the disk when it resolves. */
export async function openSqliteExecutor({ path, clock }: SqliteOptions): Promise<Executor> {
  const whileBusy = <Result>(work: () => Result) =>
    retryTransient(work, { clock, isTransient: isBusy, giveUpAfterMs: BUSY_TIMEOUT_MS });
  const translated = <Result>(work: () => Result) =>
    whileBusy(work).catch((error: unknown) => {
      throw toSqliteError(error);
    });

  const connection = await translated(() => openSqliteConnection(path));
  const writer = createSqliteWriter({ connection, whileBusy });

  return {
    dialect: 'sqlite',
    query: <Row>(statement: Statement) => translated(() => connection.select(statement) as Row[]),
    async run(statement) {
      const [changes = 0] = await writer.write({ statements: [statement] });
      return { changes };
    },
    async writeAtomically(batch) {
      return { changes: await writer.write(batch) };
    },
    async exclusively(work) {
      const own = await translated(() => openSqliteConnection(path));
      try {
        await translated(() => own.script('begin exclusive'));
        const result = await work(sessionOn(own));
        await translated(() => own.script('commit'));
        return result;
      } finally {
        // Closing rolls back what was not committed.
        own.close();
      }
    },
    async ping() {
      await translated(() => connection.select({ text: 'select 1', params: [] }));
    },
    async close() {
      await writer.drain();
      connection.close();
    },
  };
}

function sessionOn(connection: SqliteConnection): ExclusiveSession {
  return {
    query: async <Row>(statement: Statement) => connection.select(statement) as Row[],
    async run(statement) {
      connection.change(statement);
    },
    async script(text) {
      connection.script(text);
    },
  };
}
