import { afterEach, beforeEach } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createBullMqWakeups } from '../../src/wakeups/bullmq-wakeups.ts';
import type { Wakeups } from '../../src/wakeups/wakeups.ts';
import type { PrivateRedis } from './redis.ts';
import { createLogRecorder, createVisits } from './wakeups.ts';

export const REDIS_AWAY = 'Redis is away: wake-ups stay in this process until it is back';
export const REDIS_BACK = 'Redis is back';

/**
 * Wake-ups as several processes of one installation have them, a new installation for each test. Everything opened is
 * stopped after its test.
 */
export function useWakeupProcesses(redis: () => PrivateRedis) {
  const opened: Wakeups[] = [];
  let installations = 0;
  let prefix = '';
  beforeEach(() => {
    installations += 1;
    prefix = `installation-${installations}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((wakeups) => wakeups.stop()));
  });

  /** One process, not started and without a handler. */
  const open = (options: { prefix?: string } = {}) => {
    const { log, lines } = createLogRecorder();
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const shared = { redisUrl: redis().url, prefix, clock: systemClock, ids, log };
    const wakeups = createBullMqWakeups({ ...shared, ...options });
    opened.push(wakeups);
    const said = (message: string) => lines.all.filter((line) => line.message === message).length;
    /** Until the message has been logged once. */
    const waitFor = (message: string) => lines.waitFor((line) => line.message === message);
    return { wakeups, log, lines, said, waitFor, visits: createVisits() };
  };

  return {
    open,
    /** One process with a started handler of the topic `outbox`. */
    async openWorker() {
      const worker = open();
      worker.wakeups.handle('outbox', worker.visits.handler);
      await worker.wakeups.start();
      return worker;
    },
    /** The installation of this test: the prefix of its keys, and the keys there are. */
    installation: () => ({
      prefix,
      keys: async () =>
        (await redis().command('KEYS *')).split('\r\n').filter((line) => line.startsWith(prefix)),
    }),
    inMs: (ms: number) => new Date(systemClock.now().getTime() + ms),
    async tookMs(work: () => Promise<unknown>) {
      const before = systemClock.monotonic();
      await work();
      return systemClock.monotonic() - before;
    },
  };
}
