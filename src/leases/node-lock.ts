import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** A lock that the operating system takes back when this process ends, however it ends. */
export interface NodeLock {
  release(): void;
}

/** Processes of one machine that share a data folder; each has a slot of its own. */
export const NODE_SLOTS = 64;

/**
 * Locks a slot of the data folder; null when a living process (this one counts) holds it. So whoever gets the lock has
 * proof that the slot's former owner is dead. Never waits. The lock is that of an SQLite file: it works alike on every
 * system and needs no native code of its own.
 */
export function tryLockSlot(dataDir: string, slot: number): NodeLock | null {
  const folder = join(dataDir, 'locks');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${slot}.lock`);
  createPrivately(path);
  const file = new BetterSqlite3(path, { timeout: 0 });
  try {
    file.exec('begin exclusive');
    return { release: () => void file.close() };
  } catch (error) {
    file.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return null;
    throw error;
  }
}

/** Never opens a file that exists: closing it again would drop a lock this process holds on it (POSIX locks). */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
