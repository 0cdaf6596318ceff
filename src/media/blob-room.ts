import { statfs } from 'node:fs/promises';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';

export interface BlobRoomDeps {
  /** The folder whose disk it is. */
  readonly directory: string;
  /** All files together. */
  readonly quotaBytes: number;
  /** What is stored now. */
  stored(): Promise<number>;
  readonly clock: Clock;
}

/** One file that is being written. */
export interface Reservation {
  /** Before so many bytes are written. Throws STORAGE_FULL. */
  take(bytes: number): Promise<void>;
  /** The file is counted among the stored ones now, or gone. */
  end(as: 'stored' | 'gone'): void;
}

export interface BlobRoom {
  reserve(): Reservation;
}

/** Files leave this much of the disk to messages, which are rows of a database that often is on the same one. */
const LEFT_TO_OTHERS_BYTES = 64 * 1024 * 1024;
/** How old what is known of disk and quota may be, in ms. */
const KNOWN_FOR_MS = 1_000;

/** How much may still be written: within the quota, and never the last of the disk. */
export function createBlobRoom({ directory, quotaBytes, stored, clock }: BlobRoomDeps): BlobRoom {
  let pending = 0;
  let left = 0;
  let knownAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    const [used, disk] = await Promise.all([stored(), statfs(directory)]);
    const onDisk = disk.bavail * disk.bsize - LEFT_TO_OTHERS_BYTES;
    left = Math.min(quotaBytes - used - pending, onDisk);
    knownAt = clock.monotonic();
  };

  return {
    reserve() {
      let mine = 0;
      return {
        async take(bytes) {
          if (clock.monotonic() - knownAt > KNOWN_FOR_MS) {
            looking ??= look().finally(() => {
              looking = null;
            });
            await looking;
          }
          if (bytes > left) throw new AppError('STORAGE_FULL');
          left -= bytes;
          pending += bytes;
          mine += bytes;
        },
        end(as) {
          pending -= mine;
          if (as === 'gone') left += mine;
          mine = 0;
        },
      };
    },
  };
}
