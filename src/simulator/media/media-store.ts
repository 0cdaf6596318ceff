import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Random } from '../../shared/random.ts';

/** What became of an upload. */
export type Upload =
  | { readonly kind: 'stored'; readonly bytes: number }
  /** The bytes are not those that were announced. */
  | { readonly kind: 'other-hash' }
  | { readonly kind: 'too-large' };

/** Where a file is, or why not: `gone` was here once. */
export type StoredFile =
  | { readonly kind: 'found'; readonly bytes: number; read(start: number, end: number): Readable }
  | { readonly kind: 'gone' | 'unknown' };

/** Encrypted files, named by the SHA-256 of their bytes (hex). */
export interface MediaStore {
  /** Streams to the disk; the file appears whole or not at all. Rejects with what the source fails with. */
  take(hash: string, source: AsyncIterable<Uint8Array>): Promise<Upload>;
  find(hash: string): StoredFile;
  /** Forgets a file, as the real server does after some weeks. False when there is none. */
  expire(hash: string): Promise<boolean>;
  /** Forgets every file; resolves with their number. */
  expireAll(): Promise<number>;
}

/** The largest file that is taken: what WhatsApp allows for documents. */
const MAX_BYTES = 2 * 1024 ** 3;
const GONE = '.gone';

/** Opens the folder, made when missing and readable by its owner only. */
export function openMediaStore(directory: string, random: Random): MediaStore {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pathOf = (hash: string) => join(directory, hash);
  const expire = async (hash: string) => {
    if (fileSize(pathOf(hash)) === null) return false;
    await writeFile(pathOf(hash) + GONE, '');
    await rm(pathOf(hash), { force: true });
    return true;
  };
  return {
    async take(hash, source) {
      const draft = join(directory, `${random.bytes(8).toString('hex')}.draft`);
      try {
        const { digest, bytes } = await writeStream(draft, source);
        if (bytes > MAX_BYTES) return { kind: 'too-large' };
        if (digest !== hash) return { kind: 'other-hash' };
        await rename(draft, pathOf(hash));
        await rm(pathOf(hash) + GONE, { force: true });
        return { kind: 'stored', bytes };
      } finally {
        await rm(draft, { force: true });
      }
    },
    find(hash) {
      const bytes = fileSize(pathOf(hash));
      if (bytes === null) return { kind: fileSize(pathOf(hash) + GONE) === null ? 'unknown' : 'gone' };
      return { kind: 'found', bytes, read: (start, end) => createReadStream(pathOf(hash), { start, end }) };
    },
    expire,
    async expireAll() {
      const hashes = (await readdir(directory)).filter((name) => /^[0-9a-f]{64}$/.test(name));
      for (const hash of hashes) await expire(hash);
      return hashes.length;
    },
  };
}

/** Stops writing, not reading, at the limit: whoever sends too much is to read the answer. */
async function writeStream(path: string, source: AsyncIterable<Uint8Array>) {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) continue;
      hash.update(chunk);
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
  return { digest: hash.digest('hex'), bytes };
}

function fileSize(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
