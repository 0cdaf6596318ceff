import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { type Running, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const NUMBERS = { ana: '6281200000001', budi: '6281200000002' };
const CITRA = '6281200000003';

const NAMES = Object.keys(NUMBERS);

let mariaDb: MariaDb | null = null;
beforeAll(async () => {
  if (hasMariaDb) mariaDb = await startMariaDb();
  else if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error('mariadbd is not installed');
});
afterAll(() => mariaDb?.stop());

it('a MariaDB that is killed and back at once: no device notices, and nothing is lost', async ({ skip }) => {
  if (mariaDb === null) return skip('mariadbd is not installed');
  const { server, simulator, close } = await pairOn(mariaDb);
  const logins = simulator.history.of('login').length;
  const citra = simulator.phone(CITRA, 'Citra');
  await citra.sendText(NUMBERS.ana, 'before');
  await waitForTexts(server, 'ana', ['before']);

  await mariaDb.kill();
  await citra.sendText(NUMBERS.ana, 'into the gap');
  expect(await server.api.post('devices', { deviceId: 'dewi' })).toMatchObject({
    status: 503,
    code: 'DATABASE_UNAVAILABLE',
  });
  await mariaDb.restart();
  await waitForTexts(server, 'ana', ['into the gap', 'before']);
  expectOk(await server.api.post('devices', { deviceId: 'dewi' }));
  expect(await statusOf(server, 'ana')).toMatchObject({ status: 'connected', cause: null });
  expect(simulator.history.of('login')).toHaveLength(logins);
  await close();
});

it('a MariaDB that stays away: devices close and say so, and come back by themselves with what they missed', async ({
  skip,
}) => {
  if (mariaDb === null) return skip('mariadbd is not installed');
  const { server, simulator, close } = await pairOn(mariaDb);
  const offers = simulator.history.of('pairing-offered').length;
  const mark = simulator.history.sequence;
  const from = server.events.length;
  await mariaDb.kill();
  for (const name of NAMES) {
    const event = await server.waitForEvent(
      ({ deviceId, status }) => deviceId === name && status === 'reconnecting',
      from,
    );
    expect(event).toMatchObject({
      hasSession: true,
      cause: { code: 'store_unavailable', retryAt: expect.any(String) },
    });
  }
  const citra = simulator.phone(CITRA, 'Citra');
  const missed = Array.from({ length: 20 }, (_, index) => `missed ${index}`);
  for (const text of missed) await citra.sendText(NUMBERS.budi, text);

  await mariaDb.restart();
  await Promise.all(NAMES.map((name) => server.waitForStatus(name, 'connected')));
  const texts = await waitForTexts(server, 'budi', missed);
  expect(texts.toSorted()).toEqual(missed.toSorted());
  expectOk(await server.api.post('devices/ana/send-message', { to: CITRA, message: 'back again' }));
  await waitForMessage(citra, ({ text }) => text === 'back again');
  expect(simulator.history.of('pairing-offered')).toHaveLength(offers);
  const again = simulator.history.of('login').filter(({ sequence }) => sequence > mark);
  expect(again).toHaveLength(NAMES.length);
  await close();
});

async function pairOn(database: MariaDb) {
  const simulator: TestSimulator = await startTestSimulator();
  const server: Running = await runServer({
    dataDir: temporaryFolder(),
    simulator,
    environment: { DATABASE_URL: await database.createDatabase() },
  });
  for (const [name, number] of Object.entries(NUMBERS)) {
    await server.createDevice(name);
    await server.pairByQr(name, simulator.phone(number, name));
  }
  return {
    server,
    simulator,
    async close() {
      expect(await server.kill('SIGTERM')).toBe(0);
      await simulator.close();
    },
  };
}
