import type { Clock } from '../shared/clock.ts';
import { firstIdAt } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { DeliveryListRepository } from './delivery-list-repository.ts';

interface PurgeDeps {
  readonly list: Pick<DeliveryListRepository, 'before' | 'remove' | 'removedEndpoints'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WebhookPurge {
  /** Purges no more; resolves when the batch under way is done. */
  stop(): Promise<void>;
}

const PURGE_EVERY_MS = 60 * 60_000;
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Small, so that nobody waits long for the locks. */
const BATCH = 500;
/** Sorts after every id. */
const LAST_ID = 'Z'.repeat(26);

/** Forgets deliveries and their attempts after 30 days, and those of endpoints that were removed. */
export function startWebhookPurge({ list, clock, log }: PurgeDeps): WebhookPurge {
  let purging: Promise<void> = Promise.resolve();
  let stopped = false;

  const removeAll = async (next: () => Promise<string[]>): Promise<void> => {
    for (let ids = await next(); ids.length > 0; ids = await next()) {
      await list.remove(ids);
      if (stopped || ids.length < BATCH) return;
    }
  };
  const purge = async (): Promise<void> => {
    try {
      const oldest = firstIdAt(new Date(clock.now().getTime() - KEPT_MS));
      await removeAll(() => list.before(oldest, { limit: BATCH }));
      for (const endpointId of await list.removedEndpoints()) {
        await removeAll(() => list.before(LAST_ID, { endpointId, limit: BATCH }));
      }
    } catch (error) {
      log.warn({ err: error }, 'old deliveries of webhooks were not removed');
    }
  };
  const timer = clock.every(PURGE_EVERY_MS, () => {
    purging = purging.then(purge);
  });
  return {
    async stop() {
      stopped = true;
      timer.cancel();
      await purging;
    },
  };
}
