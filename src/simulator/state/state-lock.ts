import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** The right to use a state directory; the operating system takes it back when this process ends, however it ends. */
export interface StateLock {
  release(): void;
}

const FILE = 'simulator.lock';

/**
 * Takes the directory (created when missing) for this process. Throws when a simulator that lives holds it: two would
 * write over each other's keys, and nobody's messages could be read any more. The lock is that of an SQLite file in
 * which nothing is stored, so what a killed process leaves behind stands in nobody's way.
 */
export function lockState(directory: string): StateLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE);
  createPrivately(path);
  const file = new BetterSqlite3(path, { timeout: 0 });
  try {
    file.exec('begin exclusive');
    return { release: () => void file.close() };
  } catch (error) {
    file.close();
    if (!hasCode(error, 'SQLITE_BUSY')) throw error;
    throw new Error(`Another simulator is using the state directory ${directory}`, { cause: error });
  }
}

/** Never opens a file that exists: closing it again would drop a lock this process holds on it (POSIX locks). */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
