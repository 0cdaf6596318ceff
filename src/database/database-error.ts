/** A row with this key exists already. The driver's own error is the cause. */
export class DuplicateKeyError extends Error {
  override readonly name = 'DuplicateKeyError';
}

/** A column that must have a value was given none. The driver's own error is the cause. */
export class MissingValueError extends Error {
  override readonly name = 'MissingValueError';
}

/** The driver's error code, e.g. `SQLITE_BUSY` or `ER_DUP_ENTRY`; empty for anything else. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
