import { DuplicateKeyError } from '../database/database-error.ts';
import { AppError, FencedError } from '../shared/errors.ts';
import type { Instruments } from './instruments.ts';

/** Counts an error of the database. A key that exists and a lease that moved on are answers, not errors. */
export function countDatabaseError(
  error: unknown,
  { databaseErrors }: Pick<Instruments, 'databaseErrors'>,
): void {
  if (error instanceof DuplicateKeyError || error instanceof FencedError) return;
  databaseErrors.inc({ kind: kindOf(error) });
}

function kindOf(error: unknown): string {
  if (!(error instanceof AppError)) return 'unexpected';
  if (error.code === 'DATABASE_UNAVAILABLE') return 'unavailable';
  return error.code === 'STORAGE_FULL' ? 'storage_full' : 'unexpected';
}
