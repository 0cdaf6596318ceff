import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const BUDI = '6281200000092';
const CICI = '6281200000093';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({
    simulator,
    environment: { WA_DEFAULT_DEVICE: 'front' },
  });
  simulator.phone(BUDI, 'Budi');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

describe('single-device callers', () => {
  it('start, look and stop without ever making a device', async () => {
    const { api } = server;
    expect(await ask(api, 'GET /api/whatsapp/status')).toEqual({
      status: 200,
      told: {
        deviceId: 'front',
        status: 'created',
        phone: null,
        syncProgress: 0,
        lastActivity: null,
        authMethod: null,
        pairingCode: null,
        qrCode: null,
        hasSession: false,
        connected: false,
        recipientCount: 0,
      },
    });
    expect((await ask(api, 'POST /api/whatsapp/stop')).told).toMatchObject({ success: true });
    expect((await ask(api, 'POST /api/whatsapp/start')).told).toMatchObject({
      success: false,
      errorCode: 'VALIDATION_FAILED',
    });
    expect((await api.get('devices/front')).status).toBe(200);

    await api.post('/api/whatsapp/recipients', { name: 'Dewi', number: BUDI });
    const { told } = await ask(api, 'POST /api/whatsapp/start', {
      body: { phoneNumber: CICI, method: 'pairing' },
    });
    expect(told).toMatchObject({ success: true, method: 'pairing', status: 'pairing' });
    const looking = await ask(api, 'GET /api/whatsapp/status');
    expect(looking.told.pairingCode).toBe(told.pairingCode);
    const reader = await server.keyFor({ scopes: ['device:read'] });
    expect((await ask(reader, 'GET /api/whatsapp/status')).told.pairingCode).toBeNull();
    await simulator.phone(CICI, 'Cici').enterPairingCode(String(told.pairingCode));
    await server.waitForStatus('front', 'connected');

    expect((await ask(api, 'GET /api/whatsapp/status')).told).toMatchObject({
      status: 'connected',
      phone: CICI,
      authMethod: 'pairing',
      hasSession: true,
      connected: true,
      lastActivity: expect.any(Number),
    });
    const again = await ask(api, 'POST /api/whatsapp/start', { body: { phoneNumber: CICI } });
    expect(again.told).toMatchObject({ success: true, message: 'Already connected', status: 'connected' });

    await ask(api, 'POST /api/whatsapp/stop');
    expect((await ask(api, 'GET /api/whatsapp/status')).told).toMatchObject({
      connected: false,
      hasSession: true,
    });
    await ask(api, 'POST /api/whatsapp/start', { body: { method: 'qr' } });
    await server.waitForStatus('front', 'connected');
  });

  it('are told when the key may not use the device', async () => {
    const other = await server.keyFor({ scopes: ['device:read', 'message:send'], deviceIds: ['another'] });
    expect(await ask(other, 'GET /api/whatsapp/status')).toMatchObject({
      status: 404,
      told: { success: false, error: 'No device has this id', errorCode: 'DEVICE_NOT_FOUND' },
    });
    const send = await ask(other, 'POST /api/send', { body: { phone: BUDI, message: 'x' } });
    expect(send).toMatchObject({ status: 404 });
  });
});

describe('QR page callers', () => {
  it('use the same device', async () => {
    const { api } = server;
    const working = { authenticated: true, connecting: false, hasQR: false, connectedClients: 0 };
    expect((await ask(api, 'GET /api/status')).told).toEqual(working);
    expect((await ask(api, 'POST /api/init')).told).toEqual({ success: true, message: 'Already connected' });
    const sent = await ask(api, 'POST /api/send', { body: { phone: BUDI, message: 'from the page' } });
    expect(sent).toMatchObject({ status: 200, told: { success: true, status: 'server_ack' } });
    await waitForMessage(simulator.phone(BUDI), ({ text }) => text === 'from the page');
    await ask(api, 'POST /api/disconnect');
    expect((await ask(api, 'GET /api/status')).told).toMatchObject({
      authenticated: false,
      connecting: false,
    });
    const refused = await ask(api, 'POST /api/send', { body: { phone: BUDI, message: 'x' } });
    expect(refused).toMatchObject({
      status: 409,
      told: { success: false, errorCode: 'DEVICE_NOT_CONNECTED' },
    });
  });

  it('reset the session and get a new QR; recipients stay', async () => {
    const { api } = server;
    expect((await ask(api, 'POST /api/admin/whatsapp/reset-session')).told).toMatchObject({ success: true });
    const from = server.events.length;
    expect((await ask(api, 'POST /api/init')).told).toEqual({ success: true, message: 'Connecting' });
    await server.waitForEvent(({ type, deviceId }) => type === 'qr' && deviceId === 'front', from);
    expect((await ask(api, 'GET /api/status')).told).toMatchObject({ connecting: true, hasQR: true });
    expect((await ask(api, 'POST /api/whatsapp/delete-session')).told).toMatchObject({
      success: true,
      recipientsPreserved: 1,
    });
    expect((await ask(api, 'GET /api/whatsapp/status')).told).toMatchObject({
      hasSession: false,
      qrCode: null,
    });
  });
});

describe('instance callers', () => {
  it('create, connect and show the QR; a name that is taken comes with what can be done', async () => {
    const { api } = server;
    const name = 'Toko Kopi Á';
    expect(await ask(api, 'POST /api/whatsapp/instances', { body: { name } })).toMatchObject({
      status: 201,
      told: { success: true, data: { id: 'Toko-Kopi-A', name, status: 'created', isConnected: false } },
    });
    expect(await ask(api, 'POST /api/whatsapp/instances', { body: { name } })).toMatchObject({
      status: 409,
      told: { error: { code: 'DEVICE_EXISTS', details: { options: ['connect', 'recreate', 'rename'] } } },
    });
    expect((await ask(api, 'POST /api/whatsapp/instances', { body: { name: '???' } })).status).toBe(400);
    const from = server.events.length;
    const connected = await ask(api, 'POST /api/whatsapp/instances/Toko-Kopi-A/connect');
    expect(connected.told).toMatchObject({ success: true, data: { id: 'Toko-Kopi-A' } });
    const { qr } = await server.waitForEvent(
      ({ type, deviceId }) => type === 'qr' && deviceId === 'Toko-Kopi-A',
      from,
    );
    expect((await ask(api, 'GET /api/whatsapp/instances/Toko-Kopi-A/qr')).told).toMatchObject({
      data: { qrCode: qr, image: expect.stringMatching(/^data:image\/png/), expiresIn: expect.any(Number) },
    });
    const limited = await server.keyFor({ scopes: ['device:link'], deviceIds: ['another'] });
    expect((await ask(limited, 'GET /api/whatsapp/instances/Toko-Kopi-A/qr')).status).toBe(404);
  });
});
