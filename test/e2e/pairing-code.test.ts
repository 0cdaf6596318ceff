import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { openSocket } from '../support/live.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const DEWI = '6281200000004';

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

describe('pairing by code', () => {
  it('takes the number as people write it and answers eight characters to type', async () => {
    const phone = simulator.phone(ANA, 'Ana');
    await server.createDevice('ana');
    const socket = await openSocket(server.api, 'ana');
    const { data, status } = await server.api.post<{ pairingCode: string; expiresIn: number }>(
      'devices/ana/pairing-code',
      { phone: '0812-0000 0001' },
    );
    expect(status).toBe(200);
    expect(data.pairingCode).toMatch(/^[1-9A-HJ-NP-TV-Z]{8}$/);
    expect(data.expiresIn).toBeGreaterThan(100);
    const shown = await server.api.get<DeviceAnswer>('devices/ana/status');
    expect(shown.data).toMatchObject({ status: 'pairing', pairingCode: data.pairingCode, qrCode: null });
    await phone.enterPairingCode(data.pairingCode);

    await socket.next(({ type, code }) => type === 'pairing_code' && code === data.pairingCode);
    await socket.next(({ type }) => type === 'authenticated');
    await socket.next(({ type, status: word }) => type === 'status' && word === 'connected');
    socket.close();
    const device = await server.api.get<DeviceAnswer>('devices/ana');
    expect(device.data).toMatchObject({ phoneNumber: ANA, authMethod: 'pairing_code', pairingCode: null });
  });

  it('is refused for a device that is paired, connected or not', async () => {
    const again = () => server.api.post('devices/ana/pairing-code', { phone: BUDI });
    expect(await again()).toMatchObject({ status: 409, code: 'DEVICE_ALREADY_PAIRED' });
    await server.api.delete('devices/ana/disconnect?logout=false');
    expect(await again()).toMatchObject({ status: 409, code: 'DEVICE_ALREADY_PAIRED' });
    const device = await server.api.get<DeviceAnswer>('devices/ana');
    expect(device.data).toMatchObject({ status: 'disconnected', hasSession: true, phoneNumber: ANA });
    await server.api.post('devices/ana/connect');
    await server.waitForStatus('ana', 'connected');
  });

  it.each(['hello', '08', '+62 812 0000 0001 0000 0000'])(
    'refuses %j, which is no number, and starts nothing',
    async (phone) => {
      await server.createDevice('nobody');
      const answer = await server.api.post('devices/nobody/pairing-code', { phone });
      expect(answer.status).toBe(400);
      expect(['PHONE_NUMBER_INVALID', 'VALIDATION_FAILED']).toContain(answer.code);
      const device = await server.api.get<DeviceAnswer>('devices/nobody');
      expect(device.data).toMatchObject({ status: 'created', cause: null });
      await server.api.delete('devices/nobody?purge=true');
    },
  );

  it('a code mistyped on the phone links nothing, and the right one still works', async () => {
    const phone = simulator.phone(DEWI, 'Dewi');
    await server.createDevice('dewi');
    const { data } = await server.api.post<{ pairingCode: string }>('devices/dewi/pairing-code', {
      phone: DEWI,
    });
    const wrong = data.pairingCode.replace(/./, (first) => (first === 'A' ? 'B' : 'A'));
    await expect(phone.enterPairingCode(wrong)).rejects.toThrow();
    expect((await server.api.get<DeviceAnswer>('devices/dewi')).data.isConnected).toBe(false);
    const next = await server.api.post<{ pairingCode: string }>('devices/dewi/pairing-code', { phone: DEWI });
    await phone.enterPairingCode(next.data.pairingCode);
    await server.waitForStatus('dewi', 'connected');
  });

  it('after a wipe the device pairs with another number and its history is still there', async () => {
    const [budi, citra] = [simulator.phone(BUDI, 'Budi'), simulator.phone(CITRA, 'Citra')];
    await server.api.patch('devices/ana', { tags: ['shop'], markOnline: true });
    const sent = await server.api.post<{ messageId: string }>('devices/ana/send-message', {
      to: BUDI,
      message: 'before the wipe',
    });
    const from = server.events.length;
    await waitForMessage(budi, ({ text }) => text === 'before the wipe');
    await budi.sendText(ANA, 'an answer');
    await server.waitForEvent((event) => event.type === 'message' && event.deviceId === 'ana', from);

    const wiped = await server.api.post<DeviceAnswer>('devices/ana/cancel-and-wipe');
    expect(wiped).toMatchObject({
      status: 200,
      data: {
        status: 'cancelled',
        hasSession: false,
        phoneNumber: null,
        jid: null,
        cause: { code: 'wiped' },
      },
    });
    await server.pairByCode('ana', citra);
    const { data: device } = await server.api.get<DeviceAnswer>('devices/ana');
    expect(device).toMatchObject({ phoneNumber: CITRA, status: 'connected', tags: ['shop'] });
    expect(device).toMatchObject({ settings: { markOnline: true } });
    const { data: history } = await server.api.get<{ items: { text: string }[] }>('devices/ana/messages');
    expect(history.items.map(({ text }) => text)).toEqual(['an answer', 'before the wipe']);
    expect((await server.api.get(`devices/ana/messages/${sent.data.messageId}`)).status).toBe(200);
    expect(linkedDevices(ANA)).toBe(0);
    expect(linkedDevices(CITRA)).toBe(1);
  });
});

/** What the account of this number knows of linked devices. */
function linkedDevices(phoneNumber: string): number {
  return simulator.core.findAccount(phoneNumber)?.devices.length ?? 0;
}
