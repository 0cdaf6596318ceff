import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeviceAnswer, expectOk } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

const stateDir = mkdtempSync(join(tmpdir(), 'wafleet-away-'));
let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator({ stateDir });
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
  rmSync(stateDir, { recursive: true, force: true });
});

const device = async (deviceId: string) => (await server.api.get<DeviceAnswer>(`devices/${deviceId}`)).data;

describe('while WhatsApp cannot be reached', () => {
  it('devices say so and when they try again, sending is refused, nothing is unlinked', async () => {
    const from = server.events.length;
    await simulator.close();
    for (const deviceId of ['ana', 'budi']) {
      await server.waitForEvent(
        (event) => event.deviceId === deviceId && event.status === 'reconnecting',
        from,
      );
      expect(await device(deviceId)).toMatchObject({
        isConnected: false,
        hasSession: true,
        qrCode: null,
        cause: { code: 'connection_lost', source: 'local', action: null },
      });
    }
    const sent = await server.api.post('devices/ana/send-message', { to: BUDI, message: 'nobody there' });
    expect(sent).toMatchObject({ status: 409, code: 'DEVICE_NOT_CONNECTED' });
    const { data } = await server.api.get<{ items: unknown[] }>('devices/ana/messages');
    expect(data.items).toEqual([]);
  });

  it('a device that wants to be paired keeps trying and shows no code', async () => {
    await server.createDevice('citra');
    const from = server.events.length;
    expect(await server.api.post('devices/citra/connect')).toMatchObject({ status: 200 });
    await server.waitForEvent((event) => event.deviceId === 'citra' && event.status === 'reconnecting', from);
    expect(await device('citra')).toMatchObject({ qrCode: null, hasSession: false });
    expect(await server.api.get('devices/citra/qr')).toMatchObject({ status: 409, code: 'QR_NOT_AVAILABLE' });
  });

  it('all of them come back by themselves once it is back, and nothing is missing', async () => {
    const from = server.events.length;
    simulator = await startTestSimulator({ stateDir, port: simulator.port });
    const [ana, budi] = [simulator.phone(ANA), simulator.phone(BUDI)];
    await budi.sendText(ANA, 'sent while you were away');
    await Promise.all(['ana', 'budi'].map((deviceId) => server.waitForStatus(deviceId, 'connected')));
    expect(await device('ana')).toMatchObject({ cause: null, hasSession: true });
    await server.waitForEvent(
      ({ type, deviceId, message }) =>
        type === 'message' && deviceId === 'ana' && JSON.stringify(message).includes('while you were away'),
      from,
    );
    expectOk(await server.api.post('devices/budi/send-message', { to: ANA, message: 'here again' }));
    await waitForMessage(ana, ({ text }) => text === 'here again');

    const { qr } = await server.waitForEvent(
      ({ type, deviceId }) => type === 'qr' && deviceId === 'citra',
      from,
    );
    await simulator.phone(CITRA, 'Citra').scanQr(String(qr));
    await server.waitForStatus('citra', 'connected');
  });
});
