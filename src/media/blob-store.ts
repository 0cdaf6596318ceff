import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import type { Random } from '../shared/random.ts';
import type { BlobRepository } from './blob-repository.ts';
import { type BlobRoomDeps, createBlobRoom, type Reservation } from './blob-room.ts';

/** A file that came, and of which nobody said yet that it is wanted. */
export interface PendingBlob {
  /** Of its bytes, in hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Files by the hash of what is in them. Methods throw what Database and the file system throw. */
export interface BlobStore {
  /**
   * Writes a file as it comes, never more than a piece of it in memory. Throws MEDIA_EMPTY, BODY_TOO_LARGE and STORAGE_FULL, with
   * nothing left behind. It must be kept or discarded then.
   */
  receive(bytes: AsyncIterable<Uint8Array>): Promise<PendingBlob>;
  /** Whether this is a file that came here, and not only looks like one. */
  isPending(value: unknown): value is PendingBlob;
  /** Where it is while it is pending. */
  placeOf(blob: PendingBlob): string;
  /** From here on it can be opened by its hash. */
  keep(blob: PendingBlob, mimetype: string): Promise<void>;
  /** Harmless for one that was kept or discarded. */
  discard(blob: PendingBlob): Promise<void>;
  /** Kept for as long as one that came now; false when there is no such file any more. */
  renew(sha256: string): Promise<boolean>;
  /** Rejects when there is no such file. */
  open(sha256: string): Promise<Readable>;
  /** The path of a file somebody will write and remove; what a crash leaves of it is removed within hours. */
  temporary(): Promise<string>;
  /** Removes temporary files that are older, and files that nobody used since and nothing needs. */
  clean(since: { readonly temporary: Date; readonly unused: Date }): Promise<{ readonly removed: number }>;
}

export interface BlobStoreDeps extends Pick<BlobRoomDeps, 'quotaBytes'> {
  /** DATA_DIR/media. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly blobs: BlobRepository;
  readonly clock: Clock;
  readonly random: Random;
}

interface Place {
  readonly path: string;
  readonly room: Reservation;
}

/** Files looked at in one round of cleaning. */
const CLEANED_AT_ONCE = 500;
const OWNER_ONLY = 0o600;

export function createBlobStore(deps: BlobStoreDeps): BlobStore {
  const { directory, maxBytes, blobs, clock, random } = deps;
  const temporaries = join(directory, 'tmp');
  const room = createBlobRoom({ ...deps, stored: blobs.totalBytes });
  const places = new WeakMap<PendingBlob, Place>();
  const pathOf = (sha256: string) => join(directory, sha256.slice(0, 2), sha256);

  const temporary = async (): Promise<string> => {
    await mkdir(temporaries, { recursive: true, mode: 0o700 });
    return join(temporaries, random.bytes(16).toString('hex'));
  };

  const discard = async (blob: PendingBlob): Promise<void> => {
    const place = places.get(blob);
    if (!place) return;
    places.delete(blob);
    place.room.end('gone');
    await rm(place.path, { force: true });
  };

  const removeOldTemporaries = async (before: Date): Promise<void> => {
    for (const name of await readdir(temporaries).catch(() => [])) {
      const path = join(temporaries, name);
      const found = await stat(path).catch(() => null);
      if (found && found.mtime < before) await rm(path, { force: true });
    }
  };

  /** Whoever keeps the same file now writes its row before its file: either is seen here. */
  const remove = async (sha256: string): Promise<void> => {
    const aside = await temporary();
    if (!(await moved(pathOf(sha256), aside))) return;
    if (await blobs.isKnown(sha256)) await rename(aside, pathOf(sha256));
    else await rm(aside, { force: true });
  };

  return {
    temporary,
    discard,
    async receive(bytes) {
      const path = await temporary();
      const reservation = room.reserve();
      try {
        const written = await write(bytes, { path, maxBytes, room: reservation });
        const blob: PendingBlob = { ...written };
        places.set(blob, { path, room: reservation });
        return blob;
      } catch (error) {
        reservation.end('gone');
        await rm(path, { force: true });
        throw error;
      }
    },
    isPending: (value): value is PendingBlob =>
      typeof value === 'object' && value !== null && places.has(value as PendingBlob),
    placeOf(blob) {
      const place = places.get(blob);
      if (!place) throw new Error('the file was kept or discarded already');
      return place.path;
    },
    async keep(blob, mimetype) {
      const place = places.get(blob);
      if (!place) throw new Error('the file was kept or discarded already');
      const path = pathOf(blob.sha256);
      await blobs.use({ ...blob, mimetype }, clock.now());
      const folder = join(directory, blob.sha256.slice(0, 2));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rename(place.path, path);
      await syncFolder(folder);
      places.delete(blob);
      place.room.end('stored');
    },
    async renew(sha256) {
      // The row first: the cleaner leaves what was asked for since, and its file with it.
      await blobs.renew(sha256, clock.now());
      if (!(await blobs.isKnown(sha256))) return false;
      return isThere(pathOf(sha256));
    },
    async open(sha256) {
      const handle = await open(pathOf(sha256), 'r');
      return handle.createReadStream();
    },
    async clean({ temporary: temporarySince, unused }) {
      await removeOldTemporaries(temporarySince);
      let removed = 0;
      for (const sha256 of await blobs.unused(unused, CLEANED_AT_ONCE)) {
        if (!(await blobs.forget(sha256, unused))) continue;
        await remove(sha256);
        removed += 1;
      }
      return { removed };
    },
  };
}

/** Reads a file that is pending, or a temporary one. */
export function readFrom(path: string): Readable {
  return createReadStream(path);
}

interface Writing {
  readonly path: string;
  readonly maxBytes: number;
  readonly room: Reservation;
}

async function write(bytes: AsyncIterable<Uint8Array>, writing: Writing): Promise<PendingBlob> {
  const handle = await open(writing.path, 'wx', OWNER_ONLY);
  try {
    const written = await pour(bytes, handle, writing);
    await handle.sync();
    return written;
  } finally {
    await handle.close();
  }
}

async function pour(
  bytes: AsyncIterable<Uint8Array>,
  handle: FileHandle,
  { maxBytes, room }: Writing,
): Promise<PendingBlob> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new AppError('BODY_TOO_LARGE', { maxBytes });
    await room.take(chunk.length);
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  if (sizeBytes === 0) throw new AppError('MEDIA_EMPTY');
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** A name is durable with its folder. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file that cannot be looked at is not a file that is missing: then it throws. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
}
