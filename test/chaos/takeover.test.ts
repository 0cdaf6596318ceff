import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { temporaryFolder } from '../support/auth.ts';
import { type Running, receivedTexts, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { describeOnMariaDb } from '../support/databases.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const DEVICES = { ana: '6281200000001', budi: '6281200000002', citra: '6281200000003' };
const NAMES = Object.keys(DEVICES);
const DEWI = '6281200000009';
const MINUTE_MS = 60_000;

interface Place {
  /** The data folders of the first and of the second process. */
  readonly folders: readonly [string, string];
  readonly environment: Readonly<Record<string, string>>;
}

describe('two processes on SQLite', () => {
  survivesKill('in one data folder', () => inOneFolder({}));
});

describeOnMariaDb('two processes', (open) => {
  const twoMachines = async (): Promise<Place> => ({
    folders: [temporaryFolder(), temporaryFolder()],
    environment: {
      DATABASE_URL: await open.freshUrl(),
      MASTER_KEY: systemRandom.bytes(32).toString('hex'),
    },
  });
  if (CHAOS.isLong) {
    survivesKill('in one data folder', async () => inOneFolder({ DATABASE_URL: await open.freshUrl() }));
  }
  survivesKill('on two machines', twoMachines);
  losesWhatItHeld('one that was stopped and wakes up', twoMachines);
});

function survivesKill(place: string, prepare: () => Place | Promise<Place>): void {
  it(`${place} run each device once; one is killed and the other goes on, nobody logs in twice a minute`, async () => {
    const { folders, environment } = await prepare();
    const simulator = await startTestSimulator();
    const first = await runServer({ dataDir: folders[0], simulator, environment });
    await pairAll(first, simulator);
    const second = await runServer({ dataDir: folders[1], simulator, environment });
    for (const name of NAMES) {
      expect(await second.api.post(`devices/${name}/connect`)).toMatchObject({
        status: 409,
        code: 'DEVICE_OWNED_ELSEWHERE',
      });
      expect(await statusOf(first, name)).toMatchObject({ status: 'connected', cause: null });
    }
    const mark = simulator.history.sequence;
    const from = second.events.length;
    const killedAt = Date.now();
    await first.kill();
    await Promise.all(
      NAMES.map((name) =>
        second.waitForEvent(({ deviceId, status }) => deviceId === name && status === 'connected', from),
      ),
    );
    process.stdout.write(`${place}: taken over ${Date.now() - killedAt} ms after the kill\n`);
    expect(logins(simulator).filter(({ sequence }) => sequence > mark)).toHaveLength(NAMES.length);
    expect(simulator.history.of('pairing-offered')).toHaveLength(NAMES.length);

    const third = await runServer({ dataDir: folders[0], simulator, environment });
    expect(await third.api.post('devices/ana/connect')).toMatchObject({ code: 'DEVICE_OWNED_ELSEWHERE' });
    await expectConversation(second, simulator);
    expectNoPingPong(simulator);
    expect(replaced(simulator)).toEqual([]);
    expect(await second.kill('SIGTERM')).toBe(0);
    await third.kill();
    await simulator.close();
  });
}

function losesWhatItHeld(which: string, prepare: () => Promise<Place>): void {
  it(`${which} has lost its devices: what it still writes is refused, and it does not fight for them`, async () => {
    const { folders, environment } = await prepare();
    const simulator = await startTestSimulator();
    const zombie = await runServer({ dataDir: folders[0], simulator, environment });
    await pairAll(zombie, simulator);
    const heir = await runServer({ dataDir: folders[1], simulator, environment });
    const mark = simulator.history.sequence;
    const from = heir.events.length;
    zombie.process.child.kill('SIGSTOP');
    // What waits in its sockets makes it write the moment it wakes up.
    const dewi = simulator.phone(DEWI, 'Dewi');
    for (const name of NAMES) await dewi.sendText(numberOf(name), `to ${name}`);
    await Promise.all(
      NAMES.map((name) =>
        heir.waitForEvent(({ deviceId, status }) => deviceId === name && status === 'connected', from),
      ),
    );
    zombie.process.child.kill('SIGCONT');

    for (const name of NAMES) {
      const texts = await waitForTexts(heir, name, [`to ${name}`]);
      expect(texts).toEqual([`to ${name}`]);
      // Its events are those of both processes, so only its own word tells that it knows.
      await expect
        .poll(() => zombie.api.post(`devices/${name}/connect`), { timeout: 60_000 })
        .toMatchObject({ status: 409, code: 'DEVICE_OWNED_ELSEWHERE' });
    }
    await expectConversation(heir, simulator);
    expect(await staleCredentials(environment.DATABASE_URL ?? '')).toBe(0);
    expect(logins(simulator).filter(({ sequence }) => sequence > mark)).toHaveLength(NAMES.length);
    expect(simulator.history.of('pairing-offered')).toHaveLength(NAMES.length);
    expectNoPingPong(simulator);
    await Promise.all([zombie.kill(), heir.kill()]);
    await simulator.close();
  });
}

function inOneFolder(environment: Place['environment']): Place {
  const folder = temporaryFolder();
  return { folders: [folder, folder], environment };
}

function numberOf(name: string): string {
  return Object.entries(DEVICES).find(([known]) => known === name)?.[1] ?? '';
}

async function pairAll(server: Running, simulator: TestSimulator): Promise<void> {
  for (const name of NAMES) {
    await server.createDevice(name);
    await server.pairByQr(name, simulator.phone(numberOf(name), name));
  }
}

/** Logins other than the one that ends a pairing. */
function logins({ history }: TestSimulator) {
  return history.of('login');
}

function replaced({ history }: TestSimulator) {
  return history.of('connection-closed').filter(({ reason }) => reason === 'replaced');
}

/** Pairing brings one login, a takeover another; more within a minute would be a fight. */
function expectNoPingPong(simulator: TestSimulator): void {
  const byDevice = Map.groupBy(logins(simulator), ({ device }) => device);
  for (const [device, records] of byDevice) {
    for (const { at } of records) {
      const near = records.filter((other) => other.at >= at && other.at < at + MINUTE_MS);
      expect({ device, logins: near.length }).toEqual({ device, logins: Math.min(near.length, 2) });
    }
  }
}

async function expectConversation(server: Running, simulator: TestSimulator): Promise<void> {
  const dewi = simulator.phone(DEWI, 'Dewi');
  for (const name of NAMES) {
    await dewi.sendText(numberOf(name), `still there, ${name}?`);
    await waitForTexts(server, name, [`still there, ${name}?`]);
    expectOk(await server.api.post(`devices/${name}/send-message`, { to: DEWI, message: `${name} is here` }));
    await waitForMessage(dewi, ({ text }) => text === `${name} is here`);
    expect((await receivedTexts(server, name)).filter((text) => text.startsWith('still'))).toHaveLength(1);
  }
}

/** Sessions whose credentials were last written under an older epoch than the lease has now. */
async function staleCredentials(url: string): Promise<number> {
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  const rows = await database.query({
    text: 'select 1 from auth_creds c join device_lease l on l.device_id = c.device_id where c.epoch < l.epoch',
    params: [],
  });
  await database.close();
  return rows.length;
}
