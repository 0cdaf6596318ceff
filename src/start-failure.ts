import { codeOf } from './database/database-error.ts';

/** What a person needs to know when the server cannot start. */
export interface StartFailure {
  /** One sentence each: what is wrong, and what can be done. Never a password: drivers do not name it. */
  readonly message: string;
  /** Whether starting again helps only after a person changed something. */
  readonly needsAPerson: boolean;
}

/** Explains why the machine, the disk or the database kept the server from starting; null for a bug. */
export function startFailure(error: unknown): StartFailure | null {
  const causes = chainOf(error);
  const ofDatabase = causes.some((cause) => codeOf(cause) === 'DATABASE_UNAVAILABLE');
  for (const cause of causes) {
    const code = codeOf(cause);
    const failure =
      databaseRefuses(cause, code) ??
      sqliteFile(cause, code) ??
      fileOrFolder(cause, code) ??
      networkOf(cause);
    if (failure) return failure;
  }
  return ofDatabase ? databaseUnusable(causes) : null;

  function networkOf(cause: Error): StartFailure | null {
    return ofDatabase ? databaseAway(cause, codeOf(cause)) : listening(cause, codeOf(cause));
  }
}

/** Innermost first: what wraps an error only repeats it. */
function chainOf(error: unknown): Error[] {
  return error instanceof Error ? [...chainOf(error.cause), error] : [];
}

function listening({ message }: Error, code: string): StartFailure | null {
  const advice = LISTEN_ADVICE[code];
  if (advice === undefined) return null;
  // The process that has the port may be our predecessor, about to end.
  return { message: `The server cannot listen: ${message}. ${advice}`, needsAPerson: code !== 'EADDRINUSE' };
}

function databaseRefuses({ message }: Error, code: string): StartFailure | null {
  if (!DATABASE_REFUSES.has(code)) return null;
  return needsAPerson(`The database refuses us: ${message}. Check DATABASE_URL, or the DB_ keys.`);
}

function databaseAway({ message }: Error, code: string): StartFailure | null {
  if (!DATABASE_AWAY.has(code)) return null;
  const what = `The database cannot be reached: ${message || code}.`;
  return { message: `${what} Is it running? Check DATABASE_URL, or the DB_ keys.`, needsAPerson: false };
}

/** What stopped us has no code that tells more: a damaged page read by the query engine, for one. */
function databaseUnusable([innermost]: readonly Error[]): StartFailure {
  const reason = innermost?.message.trim().split('\n').at(-1) ?? '';
  return needsAPerson(`The database cannot be used: ${reason}. docs/runbooks/database-down.md says more.`);
}

function sqliteFile({ message }: Error, code: string): StartFailure | null {
  if (!code.startsWith('SQLITE_')) return null;
  const what = `The SQLite file (wafleet.db in DATA_DIR, or that of DATABASE_URL) cannot be used: ${message}.`;
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return { message: `${what} Another process holds it.`, needsAPerson: false };
  }
  return needsAPerson(
    /^SQLITE_(NOTADB|CORRUPT)/.test(code)
      ? `${what} Nothing was written to it. Restore it from a backup, or move it away to begin anew.`
      : `${what} Check that this user may write it and its folder, and that the disk has space.`,
  );
}

function fileOrFolder(error: Error, code: string): StartFailure | null {
  if (!FILE_CODES.has(code) || !('syscall' in error) || error.syscall === 'listen') return null;
  return needsAPerson(
    `A file or folder cannot be used: ${error.message}. ` +
      'DATA_DIR must be a folder that this user may write to, and SESSIONS_DIR one it may read.',
  );
}

function needsAPerson(message: string): StartFailure {
  return { message, needsAPerson: true };
}

const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'Another process has the port: stop that one, or set DASHBOARD_PORT.',
  EADDRNOTAVAIL: 'HOST is no address of this machine.',
  ENOTFOUND: 'HOST is no name this machine knows.',
  EAI_AGAIN: 'HOST is no name this machine knows.',
  EACCES: 'This user may not use the port: set DASHBOARD_PORT to one above 1023.',
};

const DATABASE_REFUSES = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_HOST_IS_BLOCKED',
  'ER_NOT_SUPPORTED_AUTH_MODE',
]);

const DATABASE_AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
]);

const FILE_CODES = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOSPC']);
