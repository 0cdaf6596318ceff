import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { createQueueBoard } from '../../src/wakeups/queue-board.ts';
import { QUEUE_BOARD_PREFIX, queueBoardRoutes } from '../../src/wakeups/queue-board-routes.ts';
import { TOPICS } from '../../src/wakeups/wakeups.ts';
import { startTestServer, withKey } from '../support/http.ts';
import { describeOnRedis, type PrivateRedis, startRedis } from '../support/redis.ts';

const keys = {
  everything: {
    scopes: [
      'device:read',
      'device:link',
      'device:manage',
      'message:read',
      'message:send',
      'group:manage',
      'report:read',
      'webhook:manage',
    ] as const,
  },
};
const admin = { headers: withKey('admin-key') };

describeOnRedis('the board of the wake-up queues', () => {
  let redis: PrivateRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const start = () => {
    const board = createQueueBoard({ redisUrl: redis.url, topics: async () => TOPICS });
    return startTestServer({ keys, routes: (api) => api.register(queueBoardRoutes, { board }) });
  };

  it('shows the administrator the queues, and of a job its id alone', async () => {
    const ids = createIds({ clock: systemClock, random: systemRandom });
    const wakeups = await createWakeups({ redisUrl: redis.url, clock: systemClock, ids, log: silentLogger });
    await wakeups.start();
    await wakeups.ring('schedule', 'one-schedule');
    await using server = await start();

    const answer = await server.app.inject({
      ...admin,
      url: `${QUEUE_BOARD_PREFIX}/api/queues?activeQueue=wafleet-schedule&status=latest`,
    });
    expect(answer.statusCode).toBe(200);
    const { queues } = answer.json();
    expect(queues.map(({ name }: { name: string }) => name)).toEqual(
      TOPICS.map((topic) => `wafleet-${topic}`),
    );
    const { jobs } = queues.find(({ name }: { name: string }) => name === 'wafleet-schedule');
    expect(jobs.map(({ data }: { data: unknown }) => data)).toEqual([{ id: 'one-schedule' }]);
    await wakeups.stop();
  });

  it('serves its page and what belongs to it from here, under our policy', async () => {
    await using server = await start();
    const page = await server.app.inject({ ...admin, url: QUEUE_BOARD_PREFIX });
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self'(;|$)/);
    expect(page.headers['content-security-policy']).toContain("base-uri 'self'");
    expect(page.body).toContain(`<base href="${QUEUE_BOARD_PREFIX}/"`);
    const assets = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.length).toBeGreaterThan(3);
    for (const path of assets) {
      const asset = await server.app.inject({ ...admin, url: `${QUEUE_BOARD_PREFIX}/${path}` });
      expect([path, asset.statusCode]).toEqual([path, 200]);
    }
  });

  it('is closed to everybody else, whole', async () => {
    await using server = await start();
    const routes = server.routeTable().filter(({ path }) => path.startsWith(QUEUE_BOARD_PREFIX));
    expect(routes.length).toBeGreaterThan(20);
    expect(routes.filter(({ scope }) => scope !== 'admin')).toEqual([]);
    for (const { method, path } of routes) {
      const url = path.replaceAll(/:[a-zA-Z]+/g, 'x').replace('*', 'main.js');
      const call = (headers: Record<string, string>) =>
        server.app.inject({ method: method as 'GET', url, headers });
      const anonymous = await call({});
      expect([method, path, anonymous.statusCode]).toEqual([method, path, 401]);
      expect(anonymous.json().error.code).toBe('UNAUTHORIZED');
      expect(anonymous.headers['www-authenticate']).toBeDefined();
      const other = await call(withKey('everything'));
      expect([method, path, other.statusCode]).toEqual([method, path, 403]);
    }
  });

  it('gives away no file beside its own', async () => {
    await using server = await start();
    for (const path of ['../index.ejs', '..%2findex.ejs', '%2e%2e/%2e%2e/package.json', 'nothing.js']) {
      const answer = await server.app.inject({ ...admin, url: `${QUEUE_BOARD_PREFIX}/static/${path}` });
      expect([path, answer.statusCode >= 400]).toEqual([path, true]);
    }
  });

  it('changes nothing', async () => {
    await using server = await start();
    for (const action of ['pause', 'empty', 'obliterate', 'promote', 'clean/completed', 'retry/failed']) {
      const answer = await server.app.inject({
        ...admin,
        method: 'PUT',
        url: `${QUEUE_BOARD_PREFIX}/api/queues/wafleet-schedule/${action}`,
      });
      expect([action, answer.statusCode >= 400]).toEqual([action, true]);
    }
    const added = await server.app.inject({
      ...admin,
      method: 'POST',
      url: `${QUEUE_BOARD_PREFIX}/api/queues/wafleet-schedule/add`,
      body: { name: 'schedule', data: { id: 'x' }, options: {} },
    });
    expect(added.statusCode).toBeGreaterThanOrEqual(400);
  });

  it('says in our words that Redis is away, and works when it is back', async () => {
    await using server = await start();
    const look = () => server.app.inject({ ...admin, url: `${QUEUE_BOARD_PREFIX}/api/queues` });
    await redis.kill();
    const away = await look();
    expect(away.statusCode).toBe(503);
    expect(away.json().error).toEqual({ code: 'NOT_READY', details: { waitingFor: ['redis'] } });
    await redis.restart();
    expect(await untilOk(look)).toBe(200);
  });
});

/** Its connection is made anew in the background; a few questions are answered meanwhile. */
async function untilOk(look: () => Promise<{ statusCode: number }>): Promise<number> {
  for (let asked = 0; asked < 1_000; asked += 1) {
    const { statusCode } = await look();
    if (statusCode === 200) return statusCode;
  }
  return 503;
}
