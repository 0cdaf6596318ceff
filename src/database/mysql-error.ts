import { AppError } from '../shared/errors.ts';
import { codeOf, DuplicateKeyError, MissingValueError } from './database-error.ts';

/** The server rolled one of two transactions back so that the other may go on: ours can simply run again. */
export function isDeadlock(error: unknown): boolean {
  return DEADLOCK.has(codeOf(error));
}

/** The connection is gone or of unknown state; a commit under way may or may not have happened. */
export function isConnectionLost(error: unknown): boolean {
  return (
    CONNECTION_LOST.has(codeOf(error)) || (error instanceof Error && 'fatal' in error && error.fatal === true)
  );
}

/** Translates the driver's errors into ours; what is nobody's fault but the SQL's passes unchanged. */
export function toMysqlError(error: unknown): unknown {
  const options = { cause: error };
  const code = codeOf(error);
  if (STORAGE_FULL.has(code)) return new AppError('STORAGE_FULL', {}, options);
  if (code === 'ER_DUP_ENTRY') return new DuplicateKeyError('a row with this key exists', options);
  if (code === 'ER_BAD_NULL_ERROR') {
    return new MissingValueError('a column that must have a value has none', options);
  }
  const unavailable = isConnectionLost(error) || isDeadlock(error) || UNAVAILABLE.has(code);
  return unavailable ? new AppError('DATABASE_UNAVAILABLE', {}, options) : error;
}

const DEADLOCK = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT']);

/** 1021 and 1114: no space on the disk, or the table space is full. */
const STORAGE_FULL = new Set(['ER_DISK_FULL', 'ER_RECORD_FILE_FULL']);

const CONNECTION_LOST = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
]);

/** The server is there and refuses for now: too many connections, read-only after a fail-over. */
const UNAVAILABLE = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_OUT_OF_RESOURCES',
]);
