import { FencedError } from '../shared/errors.ts';
import type { Batch } from './executor.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { toSqliteError } from './sqlite-error.ts';

/** Writes batches in groups, so that a hundred devices writing at once cost one disk flush, not a hundred. */
export interface SqliteWriter {
  /** Resolves after the commit. A failing batch fails alone; its neighbours in the group are written. */
  write(batch: Batch): Promise<number[]>;
  /** Resolves when everything queued so far is written or refused. */
  drain(): Promise<void>;
}

interface Job {
  readonly batch: Batch;
  resolve(changes: number[]): void;
  reject(error: unknown): void;
}

type Outcome = { changes: number[] } | { error: unknown };

interface SqliteWriterOptions {
  readonly connection: SqliteConnection;
  /** Repeats while another connection holds the lock. */
  readonly whileBusy: <Result>(work: () => Result) => Promise<Result>;
}

/** Bounds how long one group may hold the event loop and the lock. */
const LARGEST_GROUP = 256;

/** Everything queued within one turn of the event loop goes into one transaction, each batch in its own savepoint. */
export function createSqliteWriter({ connection, whileBusy }: SqliteWriterOptions): SqliteWriter {
  const queue: Job[] = [];
  let draining: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      await new Promise(setImmediate);
      await settle(queue.splice(0, LARGEST_GROUP));
    }
    draining = null;
  };

  const settle = async (jobs: readonly Job[]): Promise<void> => {
    try {
      const outcomes = await whileBusy(() => commitTogether(connection, jobs));
      for (const [index, job] of jobs.entries()) settleJob(job, outcomes[index]);
    } catch (error) {
      const [first, ...others] = jobs;
      // The whole transaction failed (a full disk, say): alone, each job succeeds or gets its own answer.
      if (others.length > 0) for (const job of jobs) await settle([job]);
      else first?.reject(toSqliteError(error));
    }
  };

  return {
    write(batch) {
      return new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject });
        draining ??= drain();
      });
    },
    drain: async () => {
      await draining;
    },
  };
}

function settleJob(job: Job, outcome: Outcome | undefined): void {
  if (outcome && 'changes' in outcome) job.resolve(outcome.changes);
  else job.reject(toSqliteError(outcome?.error));
}

/** Throws when nothing of the group was written. */
function commitTogether(connection: SqliteConnection, jobs: readonly Job[]): Outcome[] {
  connection.change({ text: 'begin immediate', params: [] });
  try {
    const outcomes = jobs.map(({ batch }) => writeOne(connection, batch));
    connection.change({ text: 'commit', params: [] });
    return outcomes;
  } catch (error) {
    if (connection.inTransaction()) connection.change({ text: 'rollback', params: [] });
    throw error;
  }
}

function writeOne(connection: SqliteConnection, { guard, statements }: Batch): Outcome {
  try {
    if (guard && connection.select(guard).length === 0) {
      return { error: new FencedError('the guard of the write found no row') };
    }
    const [only] = statements;
    // A statement by itself is atomic.
    if (only && statements.length === 1) return { changes: [connection.change(only)] };
    connection.change({ text: 'savepoint batch', params: [] });
    const changes = statements.map((statement) => connection.change(statement));
    connection.change({ text: 'release batch', params: [] });
    return { changes };
  } catch (error) {
    // SQLite ends the transaction by itself after some errors; then nobody's batch is in it any more.
    if (!connection.inTransaction()) throw error;
    if (statements.length === 1) return { error };
    connection.change({ text: 'rollback to batch', params: [] });
    connection.change({ text: 'release batch', params: [] });
    return { error };
  }
}
