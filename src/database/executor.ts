/** What a placeholder may carry. Dates are instants in UTC to the millisecond; integers must be safe ones. */
export type SqlValue = string | number | bigint | boolean | Date | Uint8Array | null;

/** One SQL statement with `?` placeholders, which both databases take. Quote reserved names with backticks. */
export interface Statement {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

/** Statements that are written together or not at all, if the guard (a SELECT) still finds a row. */
export interface Batch {
  readonly guard?: Statement | undefined;
  readonly statements: readonly Statement[];
}

/** One connection that nobody else writes beside; for migrations. */
export interface ExclusiveSession {
  query<Row>(statement: Statement): Promise<Row[]>;
  run(statement: Statement): Promise<void>;
  /** Runs several statements separated by semicolons. */
  script(text: string): Promise<void>;
}

/** What a database driver has to do for us; see `Database` for the promises. */
export interface Executor {
  readonly dialect: 'sqlite' | 'mysql';
  query<Row>(statement: Statement): Promise<Row[]>;
  run(statement: Statement): Promise<{ changes: number }>;
  writeAtomically(batch: Batch): Promise<{ changes: number[] }>;
  exclusively<Result>(work: (session: ExclusiveSession) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
