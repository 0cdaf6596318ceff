import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { createRedisRings } from '../../src/wakeups/redis-rings.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { REDIS_AWAY, REDIS_BACK, useWakeupProcesses } from '../support/wakeup-processes.ts';
import { createLogRecorder, createVisits } from '../support/wakeups.ts';

const DAY_MS = 86_400_000;

/** What holds between processes that share a Redis; what each adapter promises is in wakeups.test.ts. */
describeOnRedis('wake-ups of several processes on one Redis', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const { open, openWorker, inMs, tookMs, installation } = useWakeupProcesses(() => redis);

  it('is what createWakeups gives for a Redis URL', async () => {
    const { wakeups: worker, visits } = await openWorker();
    const { log } = createLogRecorder();
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const { prefix } = installation();
    const made = await createWakeups({ redisUrl: redis.url, prefix, clock: systemClock, ids, log });
    await made.start();
    await made.ring('outbox', 'device-1');
    await visits.times('device-1', 1);
    await made.stop();
    expect(worker.healthy()).toBe(true);
  });

  it('rings in another process, once for all of them', async () => {
    const [one, two] = [await openWorker(), await openWorker()];
    const ringer = open();
    await ringer.wakeups.start();
    const ids = Array.from({ length: 30 }, (_, index) => `device-${index}`);
    for (const id of ids) await ringer.wakeups.ring('outbox', id);
    const visited = (id: string) => Promise.race([one.visits.times(id, 1), two.visits.times(id, 1)]);
    await Promise.all(ids.map(visited));
    expect([...one.visits.begun.all, ...two.visits.begun.all].sort()).toEqual([...ids].sort());
  });

  it('never runs one id in two processes at once', async () => {
    const shared = createVisits();
    const processes = [open(), open()];
    for (const { wakeups } of processes) {
      wakeups.handle('outbox', shared.handler);
      await wakeups.start();
    }
    const release = shared.hold('busy');
    await processes[0]?.wakeups.ring('outbox', 'busy');
    await shared.times('busy', 1);
    for (const { wakeups } of processes) await wakeups.ring('outbox', 'busy');
    for (const { wakeups } of processes) await wakeups.ring('outbox', 'other');
    await shared.times('other', 1);
    expect(shared.count('busy')).toBe(1);
    release();
    await shared.times('busy', 2);
    expect(shared.most().ofOne).toBe(1);
  });

  it('runs in another process what a stopped one left under way', async () => {
    const left = await openWorker();
    left.visits.hold('endless');
    await left.wakeups.ring('outbox', 'endless');
    await left.visits.times('endless', 1);
    const heir = await openWorker();
    expect(await tookMs(() => left.wakeups.stop())).toBeLessThan(5_000);
    expect(await tookMs(() => heir.visits.times('endless', 1))).toBeLessThan(20_000);
    expect(heir.said('a wake-up runs again: its process was gone or stuck')).toBe(1);
  });

  it('leaves to others what is rung while it drains and stops', async () => {
    const leaving = await openWorker();
    const release = leaving.visits.hold('under way');
    await leaving.wakeups.ring('outbox', 'under way');
    await leaving.visits.times('under way', 1);
    const drained = leaving.wakeups.drain();
    await leaving.wakeups.ring('outbox', 'while it drains');
    const stopped = leaving.wakeups.stop();
    await leaving.wakeups.ring('outbox', 'while it stops');
    await leaving.wakeups.ring('outbox', 'under way');
    release();
    await Promise.all([drained, stopped]);
    const heir = await openWorker();
    const ids = ['while it drains', 'while it stops', 'under way'];
    await Promise.all(ids.map((id) => heir.visits.times(id, 1)));
    expect(leaving.visits.begun.all).toEqual(['under way']);
  });

  it('keeps the earliest time although a slower process moves the job to its own later', async () => {
    const [slow, quick] = [new Redis(redis.url), new Redis(redis.url)];
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const shared = { topic: 'outbox', prefix: installation().prefix, clock: systemClock, ids } as const;
    const [slowRings, quickRings] = [slow, quick].map((client) =>
      createRedisRings({ ...shared, redis: client }),
    );
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const keepTime = slow.eval.bind(slow);
    vi.spyOn(slow, 'eval').mockImplementation(async (...args) => {
      const earliest = await Reflect.apply(keepTime, slow, args);
      reached.resolve();
      await goOn.promise;
      return earliest;
    });

    await quickRings?.ring('device-1', inMs(2 * DAY_MS).getTime());
    const later = slowRings?.ring('device-1', inMs(DAY_MS).getTime());
    await reached.promise;
    await quickRings?.ring('device-1', inMs(0).getTime());
    goOn.resolve();
    await later;
    const worker = await openWorker();
    await worker.visits.times('device-1', 1);
    for (const client of [slow, quick]) client.disconnect();
  });

  it('gives back a job that waits for its turn when the process drains', async () => {
    const leaving = await openWorker();
    await redis.kill();
    await leaving.waitFor(REDIS_AWAY);
    const release = leaving.visits.hold('twice');
    await leaving.wakeups.ring('outbox', 'twice');
    await leaving.visits.times('twice', 1);
    await redis.restart();
    await leaving.waitFor(REDIS_BACK);
    await leaving.wakeups.ring('outbox', 'twice');
    await leaving.wakeups.ring('outbox', 'other');
    await leaving.visits.times('other', 1);
    const drained = leaving.wakeups.drain();
    release();
    await drained;
    const heir = await openWorker();
    await heir.visits.times('twice', 1);
    expect(leaving.visits.count('twice')).toBe(1);
  });

  it('does not hear other installations on the same Redis', async () => {
    const [ours, other] = [await openWorker(), open({ prefix: `${installation().prefix}-other` })];
    other.wakeups.handle('outbox', other.visits.handler);
    await other.wakeups.start();
    await ours.wakeups.ring('outbox', 'ours');
    await ours.visits.times('ours', 1);
    await other.wakeups.ring('outbox', 'theirs');
    await other.visits.times('theirs', 1);
    expect(ours.visits.begun.all).toEqual(['ours']);
    expect(other.visits.begun.all).toEqual(['theirs']);
  });

  it('puts nothing but the id into Redis, and leaves nothing of it behind', async () => {
    const { prefix, keys } = installation();
    const { wakeups, visits } = await openWorker();
    visits.fail('device-1', 1);
    await wakeups.ring('outbox', 'device-1', inMs(DAY_MS));
    const job = (await keys()).find((key) => /:[0-9A-Z]{26}$/.test(key));
    expect(await redis.command(`HGET ${job} data`)).toContain('{"id":"device-1"}');

    await wakeups.ring('outbox', 'device-1');
    await visits.times('device-1', 1);
    const release = visits.hold('device-1');
    await visits.times('device-1', 2);
    expect(await redis.command(`HGET ${job} failedReason`)).toContain('the run failed');
    release();
    await wakeups.drain();
    await wakeups.stop();
    const queue = `${prefix}:wafleet-outbox`;
    const lasting = [`${queue}:events`, `${queue}:id`, `${queue}:meta`, `${prefix}:probe`];
    // What BullMQ uses to find stalled jobs goes away by itself.
    const left = (await keys()).filter((key) => !/:(stalled-check|marker)$/.test(key));
    expect(left.sort()).toEqual(lasting.sort());
    expect(await redis.command(`XRANGE ${queue}:events - +`)).not.toContain('as asked');
  });
});
