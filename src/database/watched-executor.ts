import type { Executor } from './executor.ts';

/** The same executor; every error it throws is told to `onError` first. */
export function watchErrors(executor: Executor, onError: (error: unknown) => void): Executor {
  const watched = <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((error: unknown) => {
      onError(error);
      throw error;
    });
  return {
    ...executor,
    query: (statement) => watched(executor.query(statement)),
    run: (statement) => watched(executor.run(statement)),
    writeAtomically: (batch) => watched(executor.writeAtomically(batch)),
    exclusively: (work) => watched(executor.exclusively(work)),
    ping: () => watched(executor.ping()),
  };
}
