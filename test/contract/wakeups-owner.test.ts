import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { ringOwners } from '../../src/wakeups/owner-wakeups.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';
import { createVisits } from '../support/wakeups.ts';

describeOnRedis('rings that belong to one process', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** One process; `owners` says who owns which id. */
  async function startNode(nodeId: string | null, owners: ReadonlyMap<string, string>) {
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const log = silentLogger;
    const wakeups = await createWakeups({ redisUrl: redis.url, clock: systemClock, ids, log });
    const nodeOf = async (id: string) => owners.get(id) ?? null;
    const owned = ringOwners({ wakeups, topic: 'outbox', nodeOf, log });
    const visits = createVisits();
    owned.handle('outbox', visits.handler);
    if (nodeId !== null) owned.begin(nodeId);
    await wakeups.start();
    return { ring: owned.ring, visits, stop: wakeups.stop };
  }

  it('reach it from anywhere, and nobody else', async () => {
    const owners = new Map([
      ['ana', 'one'],
      ['budi', 'two'],
    ]);
    const [one, two, api] = await Promise.all([
      startNode('one', owners),
      startNode('two', owners),
      startNode(null, owners),
    ]);
    for (let times = 1; times <= 5; times += 1) {
      await Promise.all([api.ring('outbox', 'ana'), one.ring('outbox', 'budi')]);
      await Promise.all([one.visits.times('ana', times), two.visits.times('budi', times)]);
    }
    owners.set('ana', 'two');
    await api.ring('outbox', 'ana');
    await two.visits.times('ana', 1);
    expect(one.visits.begun.all).toEqual(Array(5).fill('ana'));
    expect(api.visits.begun.all).toEqual([]);
    await Promise.all([one.stop(), two.stop(), api.stop()]);
  });
});
