import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { temporaryFolder } from '../support/auth.ts';
import { seedFleet } from '../support/chaos-fleet.ts';
import { type Running, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { hasMariaDb, startMariaDb } from '../support/mariadb.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const DEVICES = 20;
const LIMIT_MS = 10_000;
/** Messages that are on their way when the signal comes. */
const FLOW = 60;
const ANA = '6281200000001';
const BUDI = '6281200000002';

describe('SIGTERM', () => {
  it(`ends ${DEVICES} connected devices in order, leaves no lease behind, and the next start goes on`, async () => {
    const { simulator, dataDir, server, deviceIds } = await startFleet();
    await expectEnd(server);
    expect(leftBehind(dataDir)).toEqual({ leases: [], nodes: [] });
    expect(simulator.history.of('connection-closed').map(({ reason }) => reason)).toEqual(
      Array.from({ length: DEVICES }, () => 'client'),
    );
    const next = await runServer({ dataDir, simulator });
    await Promise.all(deviceIds.map((deviceId) => next.waitForStatus(deviceId, 'connected')));
    await next.kill();
    await simulator.close();
  });

  it('does not wait for a WhatsApp that no longer answers', async () => {
    const { simulator, dataDir, server, phones } = await startFleet();
    for (const phoneNumber of phones)
      simulator.endConnection({ phoneNumber, device: 1 }, { kind: 'silence' });
    await expectEnd(server);
    expect(leftBehind(dataDir)).toEqual({ leases: [], nodes: [] });
    await simulator.close();
  });

  it('in the midst of what arrives: all of it is there, once', async () => {
    const simulator = await startTestSimulator();
    const dataDir = temporaryFolder();
    const first = await runServer({ dataDir, simulator });
    await first.createDevice('ana');
    await first.pairByQr('ana', simulator.phone(ANA, 'Ana'));
    const budi = simulator.phone(BUDI, 'Budi');
    const sending = sendMany(budi, FLOW);
    await first.waitForEvent(({ type }) => type === 'message');
    await expectEnd(first);
    const sent = await sending;

    const next = await runServer({ dataDir, simulator });
    const texts = await waitForTexts(next, 'ana', sent);
    expect(texts.toSorted()).toEqual(sent.toSorted());
    await next.kill();
    await simulator.close();
  });

  it('while a QR code is shown ends the pairing; the next start shows a fresh one', async () => {
    const simulator = await startTestSimulator();
    const dataDir = temporaryFolder();
    const first = await runServer({ dataDir, simulator });
    await first.createDevice('ana');
    const qr = await first.showQr('ana');
    await expectEnd(first);
    expect(leftBehind(dataDir)).toEqual({ leases: [], nodes: [] });
    const next = await runServer({ dataDir, simulator });
    await next.waitForStatus('ana', 'pairing');
    expect((await statusOf(next, 'ana')).qrCode).not.toBe(qr);
    await next.kill();
    await simulator.close();
  });

  it('ends in time while the database is away', async ({ skip }) => {
    if (!hasMariaDb) skip('mariadbd is not installed');
    const mariaDb = await startMariaDb();
    const simulator = await startTestSimulator();
    const server = await runServer({
      dataDir: temporaryFolder(),
      simulator,
      environment: { DATABASE_URL: await mariaDb.createDatabase() },
    });
    await server.createDevice('ana');
    await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
    await mariaDb.kill();
    const startedAt = performance.now();
    await server.kill('SIGTERM');
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS + 1_000);
    await mariaDb.stop();
    await simulator.close();
  });
});

async function startFleet() {
  const simulator: TestSimulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const deviceIds = await seedFleet({ dataDir, simulator }, DEVICES);
  const server = await runServer({ dataDir, simulator });
  await Promise.all(deviceIds.map((deviceId) => server.waitForStatus(deviceId, 'connected')));
  const phones = simulator.core.listAccounts().map(({ phoneNumber }) => phoneNumber);
  return { simulator, dataDir, server, deviceIds, phones };
}

async function expectEnd(server: Running): Promise<void> {
  const startedAt = performance.now();
  expect(await server.kill('SIGTERM')).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
}

/** Leases and nodes that the next process would have to wait for. */
function leftBehind(dataDir: string): { leases: unknown[]; nodes: unknown[] } {
  const database = new BetterSqlite3(`${dataDir}/wafleet.db`, { readonly: true });
  const leases = database.prepare('select device_id from device_lease where boot_id is not null').all();
  const nodes = database.prepare('select node_id from node').all();
  database.close();
  return { leases, nodes };
}

async function sendMany(phone: Phone, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, index) => `flow ${index}`);
  for (const text of texts) await phone.sendText(ANA, text);
  return texts;
}
