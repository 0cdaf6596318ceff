import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { BlobStore } from './blob-store.ts';

interface CleanerDeps {
  readonly store: Pick<BlobStore, 'clean'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface BlobCleaner {
  /** Cleans no more; resolves when the round under way has ended. */
  stop(): Promise<void>;
}

const EVERY_MS = 10 * 60_000;
const HOUR_MS = 60 * 60_000;
/** An upload takes minutes at most. */
const TEMPORARY_MS = HOUR_MS;
/** A file that was sent is often sent again the same day. */
const UNUSED_MS = 24 * HOUR_MS;

/** Removes files that nothing needs any more, and what crashes left of others: at once, and then from time to time. */
export function startBlobCleaner({ store, clock, log }: CleanerDeps): BlobCleaner {
  let cleaning: Promise<void> = Promise.resolve();
  const clean = async (): Promise<void> => {
    const now = clock.now().getTime();
    try {
      const since = { temporary: new Date(now - TEMPORARY_MS), unused: new Date(now - UNUSED_MS) };
      const { removed } = await store.clean(since);
      if (removed > 0) log.info({ removed }, 'files nobody needs were removed');
    } catch (error) {
      log.warn({ err: error }, 'files nobody needs were not removed');
    }
  };
  const next = () => {
    cleaning = cleaning.then(clean);
  };
  const timer = clock.every(EVERY_MS, next);
  next();
  return {
    async stop() {
      timer.cancel();
      await cleaning;
    },
  };
}
