import { AppError } from '../shared/errors.ts';
import { codeOf, DuplicateKeyError } from './database-error.ts';
import { isConnectionLost } from './mysql-error.ts';
import { sqliteProblem } from './sqlite-error.ts';

/** What the driver under Prisma reported; Prisma itself often says no more than "database error". */
interface DriverCause {
  readonly kind?: unknown;
  /** MySQL: the server's number, 45000 and up for the driver's own, negative for the operating system's. */
  readonly code?: unknown;
  /** SQLite: the name of the result code. */
  readonly originalCode?: unknown;
}

/** Somebody else holds SQLite's lock for the moment. */
export function isPrismaBusy(error: unknown): boolean {
  return codeOf(error) === 'P1008';
}

/** Translates Prisma's errors into ours; what is nobody's fault but the query's passes unchanged. */
export function toPrismaError(error: unknown): unknown {
  const options = { cause: error };
  const code = codeOf(error);
  if (code === 'P2002') return new DuplicateKeyError('a row with this key exists', options);
  if (UNREACHABLE.has(code) || isConnectionLost(error))
    return new AppError('DATABASE_UNAVAILABLE', {}, options);
  const problem = problemOf(driverCause(error));
  return problem === null ? error : new AppError(problem, {}, options);
}

const UNREACHABLE = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1017',
  'P2024',
  'P2034',
  'P2037',
]);

/** Too many connections, server going down, connection killed, read-only after a fail-over. */
const MYSQL_UNAVAILABLE = new Set([1040, 1053, 1203, 1205, 1213, 1290, 1836, 1927]);
const MYSQL_FULL = new Set([1021, 1114]);
function problemOf({
  kind,
  code,
  originalCode,
}: DriverCause): 'STORAGE_FULL' | 'DATABASE_UNAVAILABLE' | null {
  if (kind === 'sqlite' && typeof originalCode === 'string') return sqliteProblem(originalCode);
  if (kind !== 'mysql' || typeof code !== 'number') return null;
  if (MYSQL_FULL.has(code)) return 'STORAGE_FULL';
  return code < 0 || code >= 45_000 || MYSQL_UNAVAILABLE.has(code) ? 'DATABASE_UNAVAILABLE' : null;
}

function driverCause(error: unknown): DriverCause {
  const { meta } = (error ?? {}) as { meta?: { driverAdapterError?: { cause?: DriverCause } } };
  return meta?.driverAdapterError?.cause ?? {};
}
