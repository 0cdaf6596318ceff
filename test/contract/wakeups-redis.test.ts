import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createBullMqWakeups } from '../../src/wakeups/bullmq-wakeups.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { type MissedRing, startSweep } from '../../src/wakeups/sweep.ts';
import type { Wakeups } from '../../src/wakeups/wakeups.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { createLogRecorder, createVisits } from '../support/wakeups.ts';

const DAY_MS = 86_400_000;
const AWAY = 'Redis is away: wake-ups stay in this process until it is back';
const BACK = 'Redis is back';

/** What is true of Redis alone; what both adapters promise is in wakeups.test.ts. */
describeOnRedis('wake-ups and the life of Redis', () => {
  let redis: PrivateRedis;
  const opened: Wakeups[] = [];
  let installations = 0;
  let prefix = '';

  /** One process of the installation of this test. */
  const open = (options: { prefix?: string } = {}) => {
    const { log, lines } = createLogRecorder();
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const wakeups = createBullMqWakeups({
      redisUrl: redis.url,
      prefix,
      clock: systemClock,
      ids,
      log,
      ...options,
    });
    opened.push(wakeups);
    const said = (message: string) => lines.all.filter((line) => line.message === message).length;
    const waitFor = (message: string, times = 1) => lines.waitFor(() => said(message) >= times);
    return { wakeups, log, lines, said, waitFor, visits: createVisits() };
  };
  const openWorker = async () => {
    const process = open();
    process.wakeups.handle('outbox', process.visits.handler);
    await process.wakeups.start();
    return process;
  };
  const inMs = (ms: number) => new Date(systemClock.now().getTime() + ms);
  const tookMs = async (work: () => Promise<unknown>) => {
    const before = systemClock.monotonic();
    await work();
    return systemClock.monotonic() - before;
  };
  const keys = async () =>
    (await redis.command('KEYS *')).split('\r\n').filter((line) => line.startsWith(prefix));

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => {
    installations += 1;
    prefix = `installation-${installations}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((wakeups) => wakeups.stop()));
  });

  it('is what createWakeups gives for a Redis URL', async () => {
    const { wakeups: worker, visits } = await openWorker();
    const { log } = createLogRecorder();
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const made = await createWakeups({ redisUrl: redis.url, prefix, clock: systemClock, ids, log });
    opened.push(made);
    await made.start();
    await made.ring('outbox', 'device-1');
    await visits.times('device-1', 1);
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

  it('does not hear other installations on the same Redis', async () => {
    const [ours, other] = [await openWorker(), open({ prefix: `${prefix}-other` })];
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
    const { wakeups, visits } = await openWorker();
    visits.fail('device-1', 1);
    await wakeups.ring('outbox', 'device-1', inMs(DAY_MS));
    const job = (await keys()).find((key) => /:[0-9A-Z]{26}$/.test(key));
    expect(await redis.command(`HGET ${job} data`)).toContain('{"id":"device-1"}');

    await wakeups.ring('outbox', 'device-1');
    await visits.times('device-1', 2);
    await wakeups.drain();
    await wakeups.stop();
    const queue = `${prefix}:wafleet-outbox`;
    const lasting = [`${queue}:events`, `${queue}:id`, `${queue}:meta`, `${prefix}:probe`];
    // What BullMQ uses to find stalled jobs goes away by itself.
    const left = (await keys()).filter((key) => !/:(stalled-check|marker)$/.test(key));
    expect(left.sort()).toEqual(lasting.sort());
    expect(await redis.command(`XRANGE ${queue}:events - +`)).not.toContain('as asked');
  });

  it('goes on in this process while Redis is gone, and through Redis when it is back', async () => {
    const { wakeups, visits, said, waitFor } = await openWorker();
    const release = visits.hold('under way');
    await wakeups.ring('outbox', 'under way');
    await visits.times('under way', 1);
    await redis.kill();
    expect(await tookMs(() => wakeups.ring('outbox', 'during'))).toBeLessThan(1_100);
    await visits.times('during', 1);
    await waitFor(AWAY);
    expect(wakeups.healthy()).toBe(false);
    expect(await wakeups.depth('outbox')).toBeNull();
    await wakeups.ring('outbox', 'under way');
    await wakeups.ring('outbox', 'tomorrow', inMs(DAY_MS));

    await redis.restart();
    await waitFor(BACK);
    expect(wakeups.healthy()).toBe(true);
    release();
    await visits.times('under way', 2);
    await wakeups.ring('outbox', 'after');
    await visits.times('after', 1);
    await wakeups.ring('outbox', 'tomorrow');
    await visits.times('tomorrow', 1);
    expect(visits.most().ofOne).toBe(1);
    expect(said(AWAY)).toBe(1);
  });

  it('hands what it cannot run itself to Redis when that is back', async () => {
    const ringer = open();
    await ringer.wakeups.start();
    await redis.kill();
    await ringer.waitFor(AWAY);
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
    expect(await tookMs(() => wakeups.ring('outbox', 'frozen'))).toBeLessThan(100);
    await visits.times('frozen', 1);
    redis.resume();
    await waitFor(BACK);
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
    await waitFor(BACK);
    await wakeups.ring('outbox', 'with');
    await visits.times('with', 1);
    const ringer = open();
    await ringer.wakeups.start();
    await ringer.wakeups.ring('outbox', 'from afar');
    await visits.times('from afar', 1);
  });
});
