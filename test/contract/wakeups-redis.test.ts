import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MissedRing, startSweep } from '../../src/wakeups/sweep.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { REDIS_AWAY, REDIS_BACK, useWakeupProcesses } from '../support/wakeup-processes.ts';

const DAY_MS = 86_400_000;

/** Killed, frozen, flushed and absent Redis. */
describeOnRedis('wake-ups and the life of Redis', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const { open, openWorker, inMs, tookMs } = useWakeupProcesses(() => redis);

  it('goes on in this process while Redis is gone, and through Redis when it is back', async () => {
    const { wakeups, visits, said, waitFor } = await openWorker();
    const release = visits.hold('under way');
    await wakeups.ring('outbox', 'under way');
    await visits.times('under way', 1);
    await redis.kill();
    expect(await tookMs(() => wakeups.ring('outbox', 'during'))).toBeLessThan(1_100);
    await visits.times('during', 1);
    await waitFor(REDIS_AWAY);
    expect(wakeups.healthy()).toBe(false);
    expect(await wakeups.depth('outbox')).toBeNull();
    await wakeups.ring('outbox', 'under way');
    await wakeups.ring('outbox', 'tomorrow', inMs(DAY_MS));

    await redis.restart();
    await waitFor(REDIS_BACK);
    expect(wakeups.healthy()).toBe(true);
    release();
    await visits.times('under way', 2);
    await wakeups.ring('outbox', 'after');
    await visits.times('after', 1);
    await wakeups.ring('outbox', 'tomorrow');
    await visits.times('tomorrow', 1);
    expect(visits.most().ofOne).toBe(1);
    expect(said(REDIS_AWAY)).toBe(1);
  });

  it('hands what it cannot run itself to Redis when that is back', async () => {
    const ringer = open();
    await ringer.wakeups.start();
    await redis.kill();
    await ringer.waitFor(REDIS_AWAY);
    await ringer.wakeups.ring('outbox', 'for a worker');
    await redis.restart();
    const worker = await openWorker();
    await worker.visits.times('for a worker', 1);
  });

  it('takes a second at most when Redis does not answer, then none', async () => {
    const { wakeups, visits, waitFor } = await openWorker();
    await wakeups.ring('outbox', 'before');
    await visits.times('before', 1);
    redis.pause();
    expect(await tookMs(() => wakeups.ring('outbox', 'frozen'))).toBeLessThan(1_300);
    expect(wakeups.healthy()).toBe(false);
    expect(await tookMs(() => wakeups.ring('outbox', 'frozen still'))).toBeLessThan(100);
    await visits.times('frozen', 1);
    await visits.times('frozen still', 1);
    redis.resume();
    await waitFor(REDIS_BACK);
    await wakeups.ring('outbox', 'after');
    await visits.times('after', 1);
  });

  it('loses rings with a flush, takes new ones, and gets the lost ones back from the sweep', async () => {
    const { wakeups, visits, lines, log } = await openWorker();
    const rows: MissedRing[] = [
      { topic: 'outbox', id: 'due' },
      { topic: 'outbox', id: 'soon', at: inMs(300) },
    ];
    const release = visits.hold('under way');
    await wakeups.ring('outbox', 'under way');
    await visits.times('under way', 1);
    await wakeups.ring('outbox', 'due', inMs(500));
    await redis.flushAll();
    await wakeups.ring('outbox', 'new');
    await visits.times('new', 1);
    await wakeups.ring('outbox', 'under way');

    const clock = createManualClock();
    const sweep = startSweep({ clock, everyMs: 10_000, find: async () => rows, wakeups, log });
    await visits.times('due', 1);
    await visits.times('soon', 1);
    release();
    await visits.times('under way', 2);
    await sweep.stop();
    expect(visits.most().ofOne).toBe(1);
    expect(wakeups.healthy()).toBe(true);
    expect(lines.all.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('starts and stops without Redis, and works as soon as there is one', async () => {
    await redis.kill();
    const { wakeups, visits, waitFor } = open();
    wakeups.handle('outbox', visits.handler);
    expect(await tookMs(() => wakeups.start())).toBeLessThan(1_500);
    expect(wakeups.healthy()).toBe(false);
    await wakeups.ring('outbox', 'without');
    await visits.times('without', 1);
    const never = await openWorker();
    expect(await tookMs(() => never.wakeups.stop())).toBeLessThan(5_000);
    await redis.restart();
    await waitFor(REDIS_BACK);
    await wakeups.ring('outbox', 'with');
    await visits.times('with', 1);
    const ringer = open();
    await ringer.wakeups.start();
    await ringer.wakeups.ring('outbox', 'from afar');
    await visits.times('from afar', 1);
  });
});
