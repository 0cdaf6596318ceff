import { AppError } from '../shared/errors.ts';
import { codeOf, DuplicateKeyError, MissingValueError } from './database-error.ts';

/** Somebody else holds the lock for the moment. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** Translates the driver's errors into ours; what is nobody's fault but the SQL's passes unchanged. */
export function toSqliteError(error: unknown): unknown {
  const code = codeOf(error);
  const options = { cause: error };
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return new DuplicateKeyError('a row with this key exists', options);
  }
  if (code === 'SQLITE_CONSTRAINT_NOTNULL') {
    return new MissingValueError('a column that must have a value has none', options);
  }
  const problem = sqliteProblem(code);
  return problem === null ? error : new AppError(problem, {}, options);
}

/** What a result code says of the state of the database; null when it says nothing of it. */
export function sqliteProblem(code: string): 'STORAGE_FULL' | 'DATABASE_UNAVAILABLE' | null {
  if (code === 'SQLITE_FULL') return 'STORAGE_FULL';
  return UNAVAILABLE.test(code) ? 'DATABASE_UNAVAILABLE' : null;
}

const UNAVAILABLE = /^SQLITE_(BUSY|LOCKED|IOERR|CANTOPEN|READONLY|CORRUPT|NOTADB|NOMEM|PROTOCOL)/;
