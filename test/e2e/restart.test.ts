import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const NUMBERS = { ana: '6281200000001', budi: '6281200000002', citra: '6281200000003' };

interface Restored {
  readonly results: readonly { deviceId: string; outcome: string; error: string | null }[];
}

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  for (const [deviceId, number] of Object.entries(NUMBERS)) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  await server.createDevice('fresh');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

const get = async (deviceId: string) => (await server.api.get<DeviceAnswer>(`devices/${deviceId}`)).data;
const outcomes = ({ results }: Restored) =>
  Object.fromEntries(results.map(({ deviceId, outcome }) => [deviceId, outcome]));

describe('a restart of the server', () => {
  it('brings back what ran, without a phone, and leaves alone what was stopped on purpose', async () => {
    await server.api.delete('devices/budi/disconnect?logout=false');
    await server.api.delete('devices/citra/disconnect');
    server = await server.restart();
    await server.waitForStatus('ana', 'connected');
    expect(await get('ana')).toMatchObject({ phoneNumber: NUMBERS.ana, hasSession: true, cause: null });
    expect(await get('budi')).toMatchObject({
      status: 'disconnected',
      hasSession: true,
      cause: { code: 'stopped', action: expect.any(String) },
    });
    expect(await get('citra')).toMatchObject({
      status: 'logged_out',
      hasSession: false,
      cause: { code: 'logout_requested' },
    });
    expect(await get('fresh')).toMatchObject({ status: 'created', cause: null });
    expect(server.events.map(({ type }) => type)).not.toContain('qr');
    expect(simulator.history.records(({ kind }) => kind === 'login-refused')).toEqual([]);
  });

  it('keeps keys, history and settings', async () => {
    const reader = await server.keyFor({ scopes: ['device:read'] });
    await server.api.patch('devices/ana', { deviceName: 'Front desk', autoRead: true });
    server = await server.restart();
    const { data } = await server.api.as(reader.key).get('devices/ana');
    expect(data).toMatchObject({ deviceName: 'Front desk', settings: { autoRead: true } });
    await server.waitForStatus('ana', 'connected');
  });
});

describe('restore', () => {
  it('starts every device that has a session, also those stopped on purpose', async () => {
    const { data, status } = await server.api.post<Restored>('devices/restore');
    expect(status).toBe(200);
    expect(outcomes(data)).toEqual({
      ana: 'already_running',
      budi: 'started',
      citra: 'no_session',
      fresh: 'no_session',
    });
    await server.waitForStatus('budi', 'connected');
    server = await server.restart();
    await server.waitForStatus('budi', 'connected');
  });

  it('starts one device, and only devices of the caller', async () => {
    const one = await server.api.post<Restored>('devices/budi/restore');
    expect(outcomes(one.data)).toEqual({ budi: 'already_running' });
    await server.api.delete('devices/budi/disconnect?logout=false');
    await server.api.delete('devices/ana/disconnect?logout=false');
    const limited = await server.keyFor({ scopes: ['device:link', 'device:read'], deviceIds: ['budi'] });
    const { data } = await limited.post<Restored>('devices/restore');
    expect(outcomes(data)).toEqual({ budi: 'started' });
    await server.waitForStatus('budi', 'connected');
    expect((await get('ana')).status).toBe('disconnected');
    expect(await limited.post('devices/ana/restore')).toMatchObject({
      status: 404,
      code: 'DEVICE_NOT_FOUND',
    });
    expect(await server.api.post('devices/nobody/restore')).toMatchObject({ status: 404 });
  });
});

describe('the lists of devices', () => {
  it('count by status, filter, and page', async () => {
    const { data } = await server.api.get('devices');
    expect(data).toMatchObject({
      total: 4,
      counts: { connected: 1, disconnected: 1, logged_out: 1, created: 1 },
      page: 1,
    });
    const ids = async (query: string) => {
      const answer = await server.api.get<{ items: { deviceId: string }[] }>(`devices${query}`);
      return answer.data.items.map(({ deviceId }) => deviceId);
    };
    expect(await ids('?status=connected')).toEqual(['budi']);
    expect(await ids('?search=front')).toEqual(['ana']);
    expect(await ids('?search=0000002')).toEqual(['budi']);
    expect(await ids('?pageSize=3&page=2')).toEqual(['fresh']);
    expect(await ids('?page=99')).toEqual([]);
    await server.api.patch('devices/citra', { tags: ['shop', 'jakarta'] });
    expect(await ids('?tag=shop')).toEqual(['citra']);
    const short = { deviceId: 'budi', deviceName: null, phoneNumber: NUMBERS.budi };
    expect((await server.api.get('devices/connected')).data).toMatchObject({ items: [short], total: 1 });
    const detail = await server.api.get<{ items: object[] }>('devices/connected/detail');
    expect(detail.data.items).toMatchObject([{ ...short, status: 'connected', hasSession: true }]);
  });

  it('a restart makes a new connection with the same session', async () => {
    const before = simulator.history.of('login').length;
    const answer = await server.api.post('devices/budi/restart');
    expect(answer).toMatchObject({ status: 200, data: { hasSession: true } });
    await server.waitForStatus('budi', 'connected');
    expect(simulator.history.of('login').length).toBe(before + 1);
    const replaced = simulator.history.of('connection-closed').filter(({ reason }) => reason === 'replaced');
    expect(replaced).toEqual([]);
  });
});
