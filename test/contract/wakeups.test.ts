import { afterAll, beforeAll, describe } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createBullMqWakeups } from '../../src/wakeups/bullmq-wakeups.ts';
import { createInProcessWakeups } from '../../src/wakeups/in-process-wakeups.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { behavesLikeWakeups } from '../support/wakeups-behaviour.ts';

describe('wake-ups in the process, on a clock moved by hand', () => {
  behavesLikeWakeups(() => {
    const clock = createManualClock();
    const wakeups = createInProcessWakeups({ clock, log: silentLogger });
    return { clock, wakeups, pass: clock.advance };
  });
});

describe('wake-ups in the process, on the clock of the machine', () => {
  behavesLikeWakeups(() => {
    const wakeups = createInProcessWakeups({ clock: systemClock, log: silentLogger });
    return { clock: systemClock, wakeups, pass: () => undefined };
  });
});

describeOnRedis('wake-ups through BullMQ', () => {
  let redis: PrivateRedis | undefined;
  let installations = 0;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());

  behavesLikeWakeups(() => {
    if (redis === undefined) throw new Error('Redis is not running yet');
    installations += 1;
    const wakeups = createBullMqWakeups({
      redisUrl: redis.url,
      prefix: `contract-${installations}`,
      clock: systemClock,
      ids: createIds({ clock: systemClock, random: systemRandom }),
      log: silentLogger,
    });
    return { clock: systemClock, wakeups, pass: () => undefined };
  });
});
