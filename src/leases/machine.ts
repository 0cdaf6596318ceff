import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createFileDurably } from '../shared/durable-file.ts';
import type { Ids } from '../shared/ids.ts';

/** Where a process runs, as far as locks in the data folder can prove anything. */
export interface Machine {
  /** Names the data folder and the running kernel: processes with the same id see each other's locks. */
  readonly machineId: string;
  /** The name of the process in `slot`; the same after a restart. */
  nodeIdOf(slot: number): string;
  /** The slot of one of our node ids; null for any other text. */
  slotOf(nodeId: string): number | null;
}

/** The machine of a data folder, which gets its id file when it has none. */
export function readMachine({ dataDir, ids }: { dataDir: string; ids: Ids }): Machine {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'machine-id');
  createFileDurably(path, Buffer.from(`${ids.next()}\n`));
  const folderId = readFileSync(path, 'utf8').trim();
  if (!/^[0-9A-Z]{26}$/.test(folderId)) throw new Error(`${path} is damaged; remove it while no server runs`);
  return {
    machineId: `${folderId}.${createHash('sha256').update(kernelName()).digest('hex').slice(0, 16)}`,
    nodeIdOf: (slot) => `${folderId}-${slot}`,
    slotOf(nodeId) {
      const slot = nodeId.startsWith(`${folderId}-`) ? nodeId.slice(folderId.length + 1) : '';
      return /^\d{1,2}$/.test(slot) ? Number(slot) : null;
    },
  };
}

/** A copied data folder must not prove anything on another machine. Linux names each boot; elsewhere the host name must do. */
function kernelName(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}
