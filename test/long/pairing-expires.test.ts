import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { openSocket } from '../support/live.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const BUDI = '6281200000002';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** 80 seconds by the clock: the client library shows the first QR for 60 s and each further one for 20 s. */
it('a pairing nobody answers shows the next QR, then ends and says so; by code as well', async () => {
  simulator.faults.add({ kind: 'qr-references', count: 2 });
  for (const deviceId of ['by-qr', 'by-code']) await server.createDevice(deviceId);
  const socket = await openSocket(server.api, 'by-qr');
  const first = await server.showQr('by-qr');
  await server.api.post('devices/by-code/pairing-code', { phone: BUDI });

  expect(await socket.next(({ type }) => type === 'qr')).toMatchObject({ expiresIn: 60 });
  expect(await socket.next(({ type }) => type === 'qr')).toMatchObject({ expiresIn: 20 });
  const { data: second } = await server.api.get<{ qrCode: string }>('devices/by-qr/qr');
  expect(second.qrCode).not.toBe(first);

  for (const deviceId of ['by-qr', 'by-code']) {
    await server.waitForStatus(deviceId, 'disconnected');
    const { data } = await server.api.get<DeviceAnswer>(`devices/${deviceId}`);
    expect(data).toMatchObject({
      qrCode: null,
      pairingCode: null,
      hasSession: false,
      cause: {
        code: 'qr_expired',
        retryAt: null,
        action: expect.stringContaining('Connect the device again'),
      },
    });
  }
  await socket.next(({ type, reason }) => type === 'disconnected' && reason === 'qr_expired');
  expect((await server.api.get('devices/by-qr/qr')).details).toMatchObject({ cause: 'qr_expired' });
  socket.close();

  // It stays so after a restart, and a phone that comes late starts anew.
  server = await server.restart();
  const { data } = await server.api.get<DeviceAnswer>('devices/by-qr');
  expect(data).toMatchObject({ status: 'disconnected', cause: { code: 'qr_expired' } });
  await server.pairByQr('by-qr', simulator.phone(BUDI, 'Budi'));
});
