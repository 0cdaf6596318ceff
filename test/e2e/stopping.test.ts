import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import type { ServerEvent } from '../support/live.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const NUMBERS = {
  ana: '6281200000001',
  budi: '6281200000002',
  citra: '6281200000003',
  dewi: '6281200000004',
};
const EKA = '6281200000005';
type Name = keyof typeof NUMBERS;

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

const get = async (deviceId: string) => (await server.api.get<DeviceAnswer>(`devices/${deviceId}`)).data;
const linkedDevices = (name: Name) => simulator.core.findAccount(NUMBERS[name])?.devices.length;
/** The texts of the device's history, newest first. */
const history = async (deviceId: string) => {
  const { data } = await server.api.get<{ items: { text: string }[] }>(`devices/${deviceId}/messages`);
  return data.items.map(({ text }) => text);
};

/** A device with a phone, settings of its own, and a message in its history. */
async function deviceWithPast(name: Name) {
  const settings = { deviceName: `${name}'s device`, tags: ['past'], autoRead: true };
  await server.createDevice(name, settings);
  await server.pairByQr(name, simulator.phone(NUMBERS[name], name));
  const eka = simulator.phone(EKA, 'Eka');
  const text = `from ${name}`;
  expect((await server.api.post(`devices/${name}/send-message`, { to: EKA, message: text })).status).toBe(
    200,
  );
  await waitForMessage(eka, (message) => message.text === text);
}

const past = (name: Name) => ({
  deviceName: `${name}'s device`,
  tags: ['past'],
  settings: { autoRead: true, markOnline: false },
});

describe('disconnect', () => {
  it('logs out at WhatsApp and stops; twice does no more harm than once', async () => {
    await deviceWithPast('ana');
    const from = server.events.length;
    for (let time = 0; time < 2; time += 1) {
      const answer = await server.api.delete('devices/ana/disconnect');
      expect(answer).toMatchObject({
        status: 200,
        data: {
          status: 'logged_out',
          isConnected: false,
          hasSession: false,
          cause: { code: 'logout_requested' },
        },
      });
    }
    expect(linkedDevices('ana')).toBe(0);
    expect(await get('ana')).toMatchObject(past('ana'));
    expect(await history('ana')).toEqual(['from ana']);
    const ofAna = ({ deviceId }: ServerEvent) => deviceId === 'ana';
    await server.waitForEvent((event) => ofAna(event) && event.type === 'disconnected', from);
    const told = server.events.slice(from).filter(ofAna);
    const statuses = told.filter(({ type }) => type === 'status').map(({ status }) => status);
    // The first sync may still have told of itself while the request was on its way.
    const afterwards = statuses.slice(statuses.indexOf('logged_out'));
    expect(new Set(afterwards)).toEqual(new Set(['logged_out']));
    const ends = told.filter(({ type }) => type === 'disconnected').map(({ reason }) => reason);
    expect(ends).toEqual(['logout_requested']);
  });

  it('after it, connecting asks for a phone again', async () => {
    await server.pairByQr('ana', simulator.phone(NUMBERS.ana));
    expect(linkedDevices('ana')).toBe(1);
    expect(await history('ana')).toEqual(['from ana']);
  });

  it('?logout=false only stops: the session stays and connects without a phone', async () => {
    await deviceWithPast('budi');
    for (let time = 0; time < 2; time += 1) {
      const answer = await server.api.delete('devices/budi/disconnect?logout=false');
      expect(answer).toMatchObject({
        status: 200,
        data: { status: 'disconnected', isConnected: false, hasSession: true, cause: { code: 'stopped' } },
      });
    }
    expect(linkedDevices('budi')).toBe(1);
    expect(await get('budi')).toMatchObject({ ...past('budi'), phoneNumber: NUMBERS.budi });
    const from = server.events.length;
    expect((await server.api.post('devices/budi/connect')).message).toBe('Connecting');
    await server.waitForStatus('budi', 'connected');
    expect(server.events.slice(from).map(({ type }) => type)).not.toContain('qr');
  });

  it('of a device that never connected changes nothing', async () => {
    await server.createDevice('fresh');
    for (const query of ['', '?logout=false']) {
      const { status, data } = await server.api.delete<DeviceAnswer>(`devices/fresh/disconnect${query}`);
      expect({ status, state: data.status }).toEqual({ status: 200, state: 'created' });
    }
  });

  it('ends a pairing that nobody needs any more', async () => {
    await server.showQr('fresh');
    const answer = await server.api.delete('devices/fresh/disconnect?logout=false');
    expect(answer).toMatchObject({ status: 200, data: { status: 'disconnected', qrCode: null } });
    expect((await server.api.get('devices/fresh/qr')).code).toBe('QR_NOT_AVAILABLE');
    await server.showQr('fresh');
    const withLogout = await server.api.delete('devices/fresh/disconnect');
    expect(withLogout).toMatchObject({ status: 200, data: { status: 'disconnected', qrCode: null } });
  });
});

describe('wipe', () => {
  it('erases the session and forbids reconnecting, under both its names, and keeps the rest', async () => {
    await deviceWithPast('citra');
    const wipes = [
      () => server.api.post('devices/citra/cancel-and-wipe'),
      () => server.api.delete('devices/citra/session'),
      () => server.api.post('devices/citra/cancel-and-wipe'),
    ];
    for (const wipe of wipes) {
      expect(await wipe()).toMatchObject({
        status: 200,
        data: {
          status: 'cancelled',
          hasSession: false,
          phoneNumber: null,
          jid: null,
          lid: null,
          authMethod: null,
        },
      });
    }
    expect(linkedDevices('citra')).toBe(0);
    expect(await get('citra')).toMatchObject({ ...past('citra'), cause: { code: 'wiped' } });
    expect(await history('citra')).toEqual(['from citra']);
  });

  it('cancels a pairing, and the QR of before links nothing', async () => {
    const qr = await server.showQr('citra');
    await server.api.post('devices/citra/cancel-and-wipe');
    await expect(simulator.phone(NUMBERS.citra).scanQr(qr)).rejects.toThrow();
    expect(await get('citra')).toMatchObject({ status: 'cancelled', hasSession: false, qrCode: null });
  });
});

describe('delete', () => {
  it('removes the device and leaves its history to the next of that id', async () => {
    await deviceWithPast('dewi');
    expect(await server.api.delete('devices/dewi')).toMatchObject({ status: 200, data: null });
    expect(await server.api.delete('devices/dewi')).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    expect(linkedDevices('dewi')).toBe(0);
    for (const path of ['', '/status', '/messages', '/qr']) {
      expect(await server.api.get(`devices/dewi${path}`)).toMatchObject({ status: 404 });
    }
    await server.createDevice('dewi');
    expect(await get('dewi')).toMatchObject({
      status: 'created',
      hasSession: false,
      tags: [],
      phoneNumber: null,
    });
    expect(await history('dewi')).toEqual(['from dewi']);
  });

  it('?purge=true erases the history as well, and of this device only', async () => {
    expect(await server.api.delete('devices/dewi?purge=true')).toMatchObject({ status: 200 });
    expect(await server.api.delete('devices/dewi?purge=true')).toMatchObject({ status: 404 });
    await server.createDevice('dewi');
    expect(await history('dewi')).toEqual([]);
    expect(await history('ana')).toEqual(['from ana']);
    expect((await get('ana')).status).toBe('connected');
  });
});

describe('pairing left unscanned', () => {
  it('ends in a state that says so and what to do', async () => {
    simulator.faults.add({ kind: 'qr-references', count: 0, times: 1 });
    await server.api.post('devices/dewi/connect');
    await server.waitForStatus('dewi', 'disconnected');
    expect(await get('dewi')).toMatchObject({
      hasSession: false,
      qrCode: null,
      cause: {
        code: 'qr_expired',
        retryAt: null,
        action: expect.stringContaining('Connect the device again'),
      },
    });
    await server.pairByQr('dewi', simulator.phone(NUMBERS.dewi));
  });
});
