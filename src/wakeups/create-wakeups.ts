import type { Clock } from '../shared/clock.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { createInProcessWakeups } from './in-process-wakeups.ts';
import type { Wakeups } from './wakeups.ts';

export interface WakeupsDeps {
  /** Null: wake-ups by the timers of this process. */
  readonly redisUrl: string | null;
  /** Of all keys in Redis; `wafleet` unless said otherwise. */
  readonly prefix?: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** BullMQ when there is a Redis. It is loaded only then: that alone takes a third of a second. */
export async function createWakeups({
  redisUrl,
  clock,
  ids,
  log,
  ...options
}: WakeupsDeps): Promise<Wakeups> {
  if (redisUrl === null) return createInProcessWakeups({ clock, log });
  const { createBullMqWakeups } = await import('./bullmq-wakeups.ts');
  return createBullMqWakeups({ redisUrl, clock, ids, log, ...options });
}
