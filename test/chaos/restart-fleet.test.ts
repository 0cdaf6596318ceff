import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { seedFleet } from '../support/chaos-fleet.ts';
import { type Running, runServer } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const DEVICES = 100;

it(`kill -9 under ${DEVICES} devices and a new start: all are open again without a QR code`, async () => {
  const simulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const deviceIds = await seedFleet({ dataDir, simulator }, DEVICES);
  const first = await runServer({ dataDir, simulator });
  await waitForLogins(simulator, 0);
  await waitForAll(first, deviceIds);
  await first.kill();

  const mark = simulator.history.sequence;
  const second = await runServer({ dataDir, simulator });
  await waitForLogins(simulator, mark);
  const loggedInAt = Date.now();
  await waitForAll(second, deviceIds);
  const openAt = Date.now();
  const { firstLineAt } = second;
  process.stdout.write(
    `${DEVICES} devices after kill -9: ${loggedInAt - firstLineAt} ms from the first line to the last login, ` +
      `${openAt - firstLineAt} ms until the API shows all of them connected\n`,
  );

  const { data } = expectOk(await second.api.get<{ total: number }>('devices/connected'));
  expect(data.total).toBe(DEVICES);
  expect(second.events.filter(({ type }) => type === 'qr')).toEqual([]);
  expect(simulator.history.of('pairing-offered')).toEqual([]);
  expect(simulator.history.of('login').filter(({ sequence }) => sequence > mark)).toHaveLength(DEVICES);
  await second.kill();
  await simulator.close();
});

/** Resolves when as many devices as there are have logged in after `mark`. */
async function waitForLogins({ history }: TestSimulator, mark: number): Promise<void> {
  const seen = new Set<string>();
  await history.waitFor(
    (record) => {
      if (record.kind === 'login') seen.add(record.device);
      return seen.size === DEVICES;
    },
    { after: mark },
  );
}

async function waitForAll(server: Running, deviceIds: readonly string[]): Promise<void> {
  const from = server.events.length;
  const { data } = expectOk(
    await server.api.get<{ items: readonly { deviceId: string }[] }>('devices/connected'),
  );
  const open = new Set(data.items.map(({ deviceId }) => deviceId));
  await Promise.all(
    deviceIds
      .filter((deviceId) => !open.has(deviceId))
      .map((deviceId) =>
        server.waitForEvent((event) => event.deviceId === deviceId && event.status === 'connected', from),
      ),
  );
}
