import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, runServer } from './chaos-server.ts';
import type { ServerOptions } from './server.ts';

/** The disk under the data folder of a running server. */
export interface SmallDisk {
  /** Takes every byte that is left. */
  fill(): void;
  /** Gives them back. */
  free(): void;
  /** The data folder as a crash of this moment would leave it; the server must stand still. */
  copyTo(folder: string): void;
}

const ENTRY = join(import.meta.dirname, 'chaos-disk-entry.ts');

/** Whether this machine lets us mount a file system of our own. */
export const hasSmallDisks =
  spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])
    .status === 0;

/** Starts a server whose data folder is a disk of `bytes`. */
export async function runServerOnSmallDisk(
  options: ServerOptions & { readonly dataDir: string },
  bytes: number,
): Promise<{ server: Running; disk: SmallDisk }> {
  const environment = { ...options.environment, DISK_BYTES: String(bytes) };
  const server = await runServer({ ...options, environment, entry: ENTRY });
  const folder = `/proc/${server.process.child.pid}/root${options.dataDir}`;
  const filler = join(folder, 'filler');
  return {
    server,
    disk: {
      fill: () => fillUp(filler),
      free: () => rmSync(filler),
      copyTo: (target) => cpSync(folder, target, { recursive: true, filter: (path) => path !== filler }),
    },
  };
}

function fillUp(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (let size = 1 << 20; size > 0; size >>= 1) {
      while (isWritten(file, Buffer.alloc(size))) {}
    }
  } finally {
    closeSync(file);
  }
}

function isWritten(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
