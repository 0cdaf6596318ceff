import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../shared/clock.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import type { Random } from '../shared/random.ts';

/**
 * Files as WhatsApp's media host has them, encrypted, by the hash of these bytes. What opens them is in the rows of messages only: a
 * file whose message is gone or was erased is noise.
 */
export interface ReceivedMediaCache {
  /** Null: it is not here. */
  open(hash: string): Promise<FileHandle | null>;
  /** A new, empty file that is nobody's yet. */
  draft(): Promise<Draft>;
  /** Removes it, whoever is reading it. */
  remove(hash: string): Promise<void>;
  /** Removes what is too old, or too much, and drafts a crash has left. */
  clean(): Promise<void>;
}

/** A file that is being fetched. */
export interface Draft {
  readonly handle: FileHandle;
  /** From here on it is found under `hash`, as long as there is room for it. The handle stays open. */
  keep(hash: string): Promise<void>;
  /** Closes and removes it. */
  discard(): Promise<void>;
}

export interface CacheDeps {
  readonly directory: string;
  /** All files together; 0 keeps none. */
  readonly quotaBytes: number;
  readonly clock: Clock;
  readonly random: Random;
}

/** Unused for so long, a file goes; a draft is as old only after a crash. In ms. */
const UNUSED_MS = 7 * 24 * 60 * 60_000;
const DRAFT_MS = 60 * 60_000;
const DRAFT = '.draft';

export function createReceivedMediaCache(deps: CacheDeps): ReceivedMediaCache {
  const { directory, quotaBytes, clock, random } = deps;
  const pathOf = (hash: string) => join(directory, hash);
  const touch = (path: string) => utimes(path, clock.now(), clock.now());

  const clean = async (): Promise<void> => {
    const now = clock.now().getTime();
    let kept = 0;
    for (const { path, size, usedAt } of await newestFirst(directory)) {
      const isDraft = path.endsWith(DRAFT);
      const isOld = now - usedAt > (isDraft ? DRAFT_MS : UNUSED_MS);
      if (!isDraft) kept += size;
      if (isOld || (!isDraft && kept > quotaBytes)) await rm(path, { force: true });
    }
  };

  return {
    clean,
    async open(hash) {
      const handle = await open(pathOf(hash), 'r').catch(unlessMissing);
      if (handle) await touch(pathOf(hash)).catch(unlessMissing);
      return handle;
    },
    async draft() {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${random.bytes(16).toString('hex')}${DRAFT}`);
      const handle = await open(path, 'wx+', 0o600);
      return {
        handle,
        async keep(hash) {
          await touch(path);
          await rename(path, pathOf(hash));
          await clean();
        },
        async discard() {
          await handle.close();
          await rm(path, { force: true });
        },
      };
    },
    remove: (hash) => rm(pathOf(hash), { force: true }),
  };
}

async function newestFirst(directory: string) {
  const found: { path: string; size: number; usedAt: number }[] = [];
  for (const name of (await readdir(directory).catch(unlessMissing)) ?? []) {
    const path = join(directory, name);
    const file = await stat(path).catch(unlessMissing);
    if (file?.isFile()) found.push({ path, size: file.size, usedAt: file.mtimeMs });
  }
  return found.sort((one, other) => other.usedAt - one.usedAt);
}

/** Another process may clean at the same time. */
function unlessMissing(error: unknown): null {
  if (isMissingFile(error)) return null;
  throw error;
}
