import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LeaseTimes } from '../../src/leases/lease-policy.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { pause } from '../support/outbox-chaos.ts';
import { startServer } from '../support/server.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { startTcpProxy, through } from '../support/tcp-proxy.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
/** As in production, only shorter; and as if a process never gave its devices up by itself. */
const PARKING: LeaseTimes = { ttlMs: 3_000, renewEveryMs: 200, fenceAfterMs: 1_000 };
const NEVER_PARKING: LeaseTimes = { ttlMs: 900_000, renewEveryMs: 200, fenceAfterMs: 600_000 };
const AWAY_MS = 3_000;

let mariaDb: MariaDb | null = null;
beforeAll(async () => {
  if (hasMariaDb) mariaDb = await startMariaDb();
  else if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error('mariadbd is not installed');
});
afterAll(() => mariaDb?.stop());

/** When a message is handed to a device whose process has had no database for a while: then, or after it is back. */
async function receiveWithoutDatabase(database: MariaDb, leaseTimes: LeaseTimes) {
  const simulator = await startTestSimulator();
  const url = await database.createDatabase();
  const wire = await startTcpProxy(Number(new URL(url).port));
  const server = await startServer({
    simulator,
    environment: { DATABASE_URL: through(wire, url) },
    tuning: { leaseTimes },
  });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  wire.refuse();
  await pause(AWAY_MS);
  const { id } = await simulator.phone(BUDI, 'Budi').sendText(ANA, 'while the database is away');
  const delivery = simulator.history.waitFor(
    (each) => each.kind === 'delivery' && each.id === id && each.device.startsWith(`${ANA}:`),
  );
  const handedOver = await Promise.race([
    delivery.then(() => 'meanwhile' as const),
    pause(1_000).then(() => 'afterwards' as const),
  ]);
  wire.flow();
  await delivery;
  await server.waitForEvent(
    ({ type, message }) => type === 'message' && JSON.stringify(message).includes(id),
  );
  await server.stop();
  await Promise.all([wire.close(), simulator.close()]);
  return handedOver;
}

it('G5: a device without a database is parked: WhatsApp keeps what comes, and hands it over afterwards', async ({
  skip,
}) => {
  if (mariaDb === null) return skip('mariadbd is not installed');
  expect(await receiveWithoutDatabase(mariaDb, PARKING)).toBe('afterwards');
});

it('G5, control: one that is not parked is handed what its process cannot store', async ({ skip }) => {
  if (mariaDb === null) return skip('mariadbd is not installed');
  expect(await receiveWithoutDatabase(mariaDb, NEVER_PARKING)).toBe('meanwhile');
});
