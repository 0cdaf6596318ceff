import path from 'node:path';
import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import { createEgress } from './egress/egress-client.ts';
import { createSystemResolver } from './egress/egress-resolver.ts';
import { startBlobCleaner } from './media/blob-cleaner.ts';
import { createBlobRepository } from './media/blob-repository.ts';
import { type BlobStore, createBlobStore } from './media/blob-store.ts';
import { createConverter } from './media/ffmpeg.ts';
import { createMediaIntake, type MediaIntake } from './media/media-intake.ts';

/** Files that are to be sent: taking them, and keeping them until they are. */
export interface MediaSendingHost {
  readonly blobs: BlobStore;
  readonly mediaIntake: MediaIntake;
  /** What is stored now. */
  usedBytes(): Promise<number>;
  readonly work: WorkToStart;
  /** Ends all connections to hosts that files are fetched from. */
  close(): Promise<void>;
}

export function createMediaSendingHost(deps: Basics & { readonly database: Database }): MediaSendingHost {
  const { config, clock, log, database, random } = deps;
  const { maxBytes, quotaBytes, ffmpegPath } = config.media;
  const rows = createBlobRepository({ database });
  const blobs = createBlobStore({
    directory: path.join(config.dataDir, 'media'),
    maxBytes,
    quotaBytes,
    blobs: rows,
    clock,
    random,
  });
  const egress = createEgress({ allowances: config.egressAllow, resolver: createSystemResolver(), clock });
  const converter = ffmpegPath === null ? null : createConverter(ffmpegPath, { maxBytes });
  return {
    blobs,
    mediaIntake: createMediaIntake({ store: blobs, egress, maxBytes, converter }),
    usedBytes: rows.totalBytes,
    work: { media: () => startBlobCleaner({ store: blobs, clock, log }) },
    close: egress.close,
  };
}
