import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { OutboxEvent } from './outbox-events.ts';
import type { OutboxRepository } from './outbox-repository.ts';

interface ExpiryDeps {
  readonly repository: Pick<OutboxRepository, 'overdue' | 'expire'>;
  publish(event: OutboxEvent): void;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Expiry {
  /** Looks no more; resolves when the look under way has ended. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 5_000;
const AT_ONCE = 200;
/** What expired so long before the last look was seen then, whatever clock its time came from. */
const OVERLAP_MS = 60 * 60_000;

/** Ends messages whose time passed while their device was away; the runner of a device that is there does so itself. */
export function startExpiry({ repository, publish, clock, log }: ExpiryDeps): Expiry {
  let since = new Date(0);
  let looking: Promise<void> | null = null;
  let stopped = false;

  const look = async (): Promise<void> => {
    const now = clock.now();
    for (let found = AT_ONCE; found === AT_ONCE && !stopped; ) {
      const overdue = await repository.overdue({ since, until: now, limit: AT_ONCE });
      found = overdue.length;
      for (const message of overdue) {
        if (!(await repository.expire(message))) continue;
        const { deviceId, waMessageId, jobId = null } = message;
        const news = { status: 'expired', error: null, refusal: null, dueAt: null } as const;
        publish({ type: 'status-changed', deviceId, waMessageId, jobId, ...news });
      }
    }
    since = new Date(now.getTime() - OVERLAP_MS);
  };
  const tick = (): void => {
    looking ??= look()
      .catch((error: unknown) => log.warn({ err: error }, 'messages whose time passed were not ended'))
      .finally(() => {
        looking = null;
      });
  };

  const timer = clock.every(LOOK_EVERY_MS, tick);
  return {
    async stop() {
      stopped = true;
      timer.cancel();
      await looking;
    },
  };
}
