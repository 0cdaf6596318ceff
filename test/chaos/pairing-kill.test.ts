import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { temporaryFolder } from '../support/auth.ts';
import { type Running, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { overWire, startWire, type Wire } from '../support/chaos-wire.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

interface Scene {
  readonly simulator: TestSimulator;
  readonly wire: Wire;
  readonly server: Running;
  readonly dataDir: string;
  readonly ana: Phone;
}

interface Step {
  readonly when: string;
  /** Brings pairing to this point; resolves when the process is dead. */
  kill(scene: Scene): Promise<unknown>;
  /** What the next start makes of it. */
  readonly after: 'shows a fresh QR code' | 'is linked';
}

const STEPS: readonly Step[] = [
  {
    when: 'before a QR code is there',
    after: 'shows a fresh QR code',
    async kill({ server, simulator }) {
      const killed = killAt(simulator, server, 'pairing-offered');
      await server.api.post('devices/ana/connect').catch(ignore);
      await killed;
    },
  },
  {
    when: 'when the QR code is shown',
    after: 'shows a fresh QR code',
    async kill({ server }) {
      await server.showQr('ana');
      await server.kill();
    },
  },
  {
    when: 'when the code was scanned, and we have not heard of it',
    after: 'shows a fresh QR code',
    async kill({ server, ana }) {
      const qr = await server.showQr('ana');
      server.process.child.kill('SIGSTOP');
      const scanned = ana.scanQr(qr);
      scanned.catch(ignore);
      await server.kill();
      await expect(scanned).rejects.toThrow('not linked');
    },
  },
  {
    when: 'when we have signed, and WhatsApp has not heard of it',
    after: 'shows a fresh QR code',
    async kill({ server, ana, wire }) {
      const qr = await server.showQr('ana');
      const answered = wire.mute();
      const scanned = ana.scanQr(qr);
      scanned.catch(ignore);
      await answered;
      await server.kill();
      await expect(scanned).rejects.toThrow('not linked');
    },
  },
  {
    when: 'when WhatsApp has linked us, and the database does not know yet',
    after: 'is linked',
    async kill({ server, ana, simulator, dataDir }) {
      const qr = await server.showQr('ana');
      const database = new BetterSqlite3(`${dataDir}/wafleet.db`, { timeout: 5_000 });
      database.exec('begin immediate');
      const killed = killAt(simulator, server, 'device-linked');
      await ana.scanQr(qr);
      await killed;
      database.close();
    },
  },
  {
    when: 'when WhatsApp has linked us',
    after: 'is linked',
    async kill({ server, ana, simulator }) {
      const qr = await server.showQr('ana');
      const killed = killAt(simulator, server, 'device-linked');
      await ana.scanQr(qr);
      await killed;
    },
  },
  {
    when: 'before the reconnect that WhatsApp asks for',
    after: 'is linked',
    async kill({ server, ana }) {
      const qr = await server.showQr('ana');
      await ana.scanQr(qr);
      await server.waitForEvent(({ type }) => type === 'authenticated');
      await server.kill();
    },
  },
  {
    when: 'at the first login',
    after: 'is linked',
    async kill({ server, ana, simulator }) {
      const qr = await server.showQr('ana');
      const killed = killAt(simulator, server, 'login');
      await ana.scanQr(qr);
      await killed;
    },
  },
  {
    when: 'right after the device is connected',
    after: 'is linked',
    async kill({ server, ana }) {
      await server.pairByQr('ana', ana);
      await server.kill();
    },
  },
];

describe('kill -9 while a device is paired', () => {
  it.each(STEPS)('$when: after the next start it $after', async ({ kill, after }) => {
    const simulator = await startTestSimulator();
    const wire = await startWire(simulator.port);
    const place = { url: overWire(simulator.url, wire), rootKeyHex: simulator.rootKeyHex };
    const dataDir = temporaryFolder();
    const ana = simulator.phone(ANA, 'Ana');
    const first = await runServer({ dataDir, simulator: place });
    await first.createDevice('ana');
    await kill({ simulator, wire, server: first, dataDir, ana });

    const second = await runServer({ dataDir, simulator: place });
    if (after === 'shows a fresh QR code') {
      const qr = await shownQr(second);
      expect(await statusOf(second, 'ana')).toMatchObject({ status: 'pairing', hasSession: false });
      await ana.scanQr(qr);
    }
    await second.waitForStatus('ana', 'connected');
    expect(await statusOf(second, 'ana')).toMatchObject({ hasSession: true, phoneNumber: ANA, cause: null });
    if (after === 'is linked') expect(second.events.filter(({ type }) => type === 'qr')).toEqual([]);
    expect(simulator.core.findAccount(ANA)?.devices).toHaveLength(1);
    await expectConversation(second, simulator);
    await second.kill();
    await wire.close();
    await simulator.close();
  });
});

const ignore = () => {};

/** Kills the process in the very moment in which the simulator records this; resolves when it is dead. */
async function killAt(simulator: TestSimulator, server: Running, kind: string): Promise<void> {
  const after = simulator.history.sequence;
  await simulator.history.waitFor((record) => record.kind === kind && server.process.child.kill('SIGKILL'), {
    after,
  });
  await server.kill();
}

/** The QR code that the device shows, now or soon. */
async function shownQr(server: Running): Promise<string> {
  const from = server.events.length;
  const { qrCode } = await statusOf(server, 'ana');
  if (qrCode !== null) return qrCode;
  const event = await server.waitForEvent(({ type }) => type === 'qr', from);
  return String(event.qr);
}

/** The session is whole: both directions decrypt. */
async function expectConversation(server: Running, simulator: TestSimulator): Promise<void> {
  const budi = simulator.phone(BUDI, 'Budi');
  await budi.sendText(ANA, 'do you hear me?');
  await waitForTexts(server, 'ana', ['do you hear me?']);
  expectOk(await server.api.post('devices/ana/send-message', { to: BUDI, message: 'I do' }));
  await waitForMessage(budi, ({ text }) => text === 'I do');
}
