import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemRandom } from './random.ts';

/**
 * Replaces `path` by `bytes`, mode 0600: afterwards the file holds the old bytes or all of the new ones, whatever
 * happens to the process or the power. Synchronous on purpose: callers must not go on before it is on the disk.
 */
export function replaceFileDurably(path: string, bytes: Uint8Array): void {
  const draft = writeDraft(path, bytes);
  renameSync(draft, path);
  syncFolder(path);
}

/** As replaceFileDurably, but the first writer wins: `exists` says another one was there and nothing was changed. */
export function createFileDurably(path: string, bytes: Uint8Array): 'created' | 'exists' {
  const draft = writeDraft(path, bytes);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return 'exists';
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(path);
  return 'created';
}

function writeDraft(path: string, bytes: Uint8Array): string {
  const draft = `${path}.${systemRandom.bytes(8).toString('hex')}.draft`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return draft;
}

/** A new name is durable only when its folder is; Windows has no such call and needs none. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
