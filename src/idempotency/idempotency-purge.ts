import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { IdempotencyRepository } from './idempotency-repository.ts';

interface PurgeDeps {
  records: Pick<IdempotencyRepository, 'purge'>;
  clock: Clock;
  log: Logger;
}

export interface IdempotencyPurge {
  /** Purges no more; resolves when the purge under way has ended. */
  stop(): Promise<void>;
}

const PURGE_EVERY_MS = 10 * 60_000;

/** Removes expired keys from time to time; often, so that no single purge is big. */
export function startIdempotencyPurge({ records, clock, log }: PurgeDeps): IdempotencyPurge {
  let purging: Promise<void> = Promise.resolve();
  const purge = async () => {
    try {
      await records.purge(clock.now());
    } catch (error) {
      log.warn({ err: error }, 'expired idempotency keys were not removed');
    }
  };
  const timer = clock.every(PURGE_EVERY_MS, () => {
    purging = purging.then(purge);
  });
  return {
    async stop() {
      timer.cancel();
      await purging;
    },
  };
}
