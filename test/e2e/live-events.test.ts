import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { openEvents, openSocket, refusedUpgrade, type ServerEvent } from '../support/live.ts';
import { ADMIN_KEY, startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  for (const deviceId of ['ana', 'budi', 'hidden']) await server.createDevice(deviceId);
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

describe('refused upgrades', () => {
  it('of a caller without a right key, in the envelope and before anything is sent', async () => {
    const { token } = await tokenFor(['message:read']);
    const cases = [
      { headers: {}, status: 401, code: 'UNAUTHORIZED' },
      { headers: { authorization: 'Bearer guess' }, status: 401, code: 'API_KEY_INVALID' },
      { headers: { 'sec-websocket-protocol': 'bearer.guess' }, status: 401, code: 'API_KEY_INVALID' },
      { headers: { 'x-api-key': token }, status: 403, code: 'FORBIDDEN' },
    ];
    for (const { headers, ...refusal } of cases) {
      expect(await refusedUpgrade(server.url, { deviceId: 'ana', headers })).toEqual(refusal);
    }
    const inAddress = await refusedUpgrade(server.url, {
      deviceId: `ana/ws?token=${ADMIN_KEY}&x=`,
      headers: {},
    });
    expect(inAddress).toEqual({ status: 401, code: 'UNAUTHORIZED' });
  });

  it('of a device that is unknown, misspelt or not of this key', async () => {
    const { token } = await tokenFor(['device:read'], ['ana']);
    const headers = { authorization: `Bearer ${token}` };
    for (const deviceId of ['budi', 'nobody']) {
      const refusal = await refusedUpgrade(server.url, { deviceId, headers });
      expect(refusal).toEqual({ status: 404, code: 'DEVICE_NOT_FOUND' });
    }
    const admin = { authorization: `Bearer ${ADMIN_KEY}` };
    expect(await refusedUpgrade(server.url, { deviceId: 'nobody', headers: admin })).toMatchObject({
      status: 404,
    });
    expect(await refusedUpgrade(server.url, { deviceId: 'a', headers: admin })).toMatchObject({
      status: 400,
    });
  });

  it('a plain request is told to upgrade', async () => {
    expect(await server.api.get('devices/ana/ws')).toMatchObject({ status: 426, code: 'UPGRADE_REQUIRED' });
  });
});

describe('the WebSocket of a device', () => {
  it('obeys init, ping, disconnect and reset', async () => {
    const socket = await openSocket(server.api, 'ana');
    socket.send({ type: 'ping' });
    await socket.next(({ type }) => type === 'pong');
    socket.send({ type: 'init' });
    await socket.next(({ type }) => type === 'qr');
    await simulator
      .phone(ANA, 'Ana')
      .scanQr((await server.api.get<DeviceAnswer>('devices/ana')).data.qrCode ?? '');
    await socket.next(({ type, status }) => type === 'status' && status === 'connected');
    socket.send({ type: 'disconnect' });
    const stopped = await socket.next(({ type, status }) => type === 'status' && status === 'disconnected');
    expect(stopped).toMatchObject({ hasSession: true, authenticated: false });
    await socket.next(({ type, reason }) => type === 'disconnected' && reason === 'stopped');
    socket.send({ type: 'reset' });
    const wiped = await socket.next(({ type, status }) => type === 'status' && status === 'cancelled');
    expect(wiped).toMatchObject({ hasSession: false, phoneNumber: null });
    socket.close();
    await socket.ended;
  });

  it('answers nonsense with an error and goes on', async () => {
    const socket = await openSocket(server.api, 'ana');
    for (const frame of ['no json', { type: 'explode' }, '[]', 'null']) {
      socket.send(frame);
      const answer = await socket.next(({ type }) => type === 'error');
      expect(answer).toMatchObject({ error: 'VALIDATION_FAILED' });
    }
    socket.send({ type: 'ping' });
    await socket.next(({ type }) => type === 'pong');
    socket.close();
  });

  it('lets a reader watch, and nothing more', async () => {
    const reader = await server.keyFor({ scopes: ['device:read'] });
    const socket = await openSocket(reader, 'ana');
    for (const type of ['init', 'disconnect', 'reset']) {
      socket.send({ type });
      expect(await socket.next((frame) => frame.type === 'error')).toMatchObject({ error: 'FORBIDDEN' });
    }
    expect((await server.api.get<DeviceAnswer>('devices/ana')).data.status).toBe('cancelled');
    socket.close();
  });

  it('hears of the end of its device', async () => {
    await server.createDevice('short-lived');
    const socket = await openSocket(server.api, 'short-lived');
    await server.api.delete('devices/short-lived');
    await socket.next(({ type, reason }) => type === 'disconnected' && reason === 'removed');
    socket.send({ type: 'init' });
    expect(await socket.next(({ type }) => type === 'error')).toMatchObject({ error: 'DEVICE_NOT_FOUND' });
    socket.close();
  });
});

describe('the WebSocket of a device that was away', () => {
  it('resumes behind what it saw last', async () => {
    const first = await openSocket(server.api, 'ana');
    await first.next(({ type }) => type === 'status');
    first.close();
    await server.showQr('ana');
    await server.api.post('devices/ana/cancel-and-wipe');
    const missed = await openEvents(server.api, { lastEventId: 'all of them', deviceId: 'ana' });
    const ended = await missed.next(({ type, id }) => type === 'disconnected' && id > '');
    missed.close();
    const second = await openSocket(server.api, 'ana', { lastEventId: ended.id });
    await server.showQr('ana');
    await second.next(({ type }) => type === 'qr');
    const all = missed.all;
    expect(all[0]?.type).toBe('resync');
    expect(second.all[0]?.id).toBeDefined();
    expect(second.all.map(({ id }) => id)).not.toContain(ended.id);
    second.close();
    await server.api.post('devices/ana/cancel-and-wipe');
  });
});

describe('server-sent events', () => {
  it('resume after the last one seen, without a gap or a repeat', async () => {
    const from = server.events.length;
    const first = await openEvents(server.api);
    const qr = await server.showQr('budi');
    const seen = await first.next((event) => event.type === 'status' && event.status === 'connecting');
    first.close();
    await first.ended;

    await simulator.phone(BUDI, 'Budi').scanQr(qr);
    // Half of what was missed is remembered, the other half is still happening.
    const second = await openEvents(server.api, { lastEventId: seen.id });
    const last = await second.next((event) => event.type === 'status' && event.status === 'connected');
    await server.waitForEvent((event) => event.id === last.id);

    const missed = server.events.slice(from).filter(({ id }) => id > seen.id && id <= last.id);
    const expected = missed.filter(({ type }) => type !== 'qr');
    const kept = second.all.filter(({ type }) => type !== 'qr');
    const seenAgain = kept.slice(0, idsOf(kept).indexOf(last.id) + 1);
    expect(idsOf(seenAgain)).toEqual(idsOf(expected));
    expect(idsOf(seenAgain)).toEqual([...new Set(idsOf(seenAgain))].sort());
    expect(expected.length).toBeGreaterThan(2);
    second.close();
  });

  it.each(['garbage', '01K0000000000000000000000Z'])(
    'begin anew, and say so, from %s',
    async (lastEventId) => {
      const oldest = server.events.find(({ id }) => id !== '');
      const events = await openEvents(server.api, { lastEventId });
      await events.next(({ id }) => id === oldest?.id);
      expect(events.all.slice(0, 2)).toMatchObject([{ type: 'resync', id: '' }, { id: oldest?.id }]);
      events.close();
      const socket = await openSocket(server.api, 'ana', { lastEventId });
      const first = await socket.next(({ id }) => id !== undefined);
      expect(socket.all.slice(0, 2)).toMatchObject([{ type: 'resync' }, { type: 'status' }]);
      expect(first.id).toBe(server.events.find(({ id, deviceId }) => id !== '' && deviceId === 'ana')?.id);
      socket.close();
    },
  );

  it('can be narrowed to one device, and are no way around the rights of a key', async () => {
    await server.api.delete('devices/budi/disconnect?logout=false');
    const narrow = await openEvents(server.api, { deviceId: 'budi' });
    const limited = await openEvents(await server.keyFor({ scopes: ['device:read'], deviceIds: ['budi'] }));
    await server.api.post('devices/hidden/connect');
    await server.waitForStatus('hidden', 'pairing');
    await server.api.post('devices/budi/connect');
    for (const stream of [narrow, limited]) {
      await stream.next(({ status }) => status === 'connected');
      expect(new Set(stream.all.map(({ deviceId }) => deviceId))).toEqual(new Set(['budi']));
      stream.close();
    }
    await server.api.post('devices/hidden/cancel-and-wipe');
  });

  it('of another device are not remembered for a key that may not use it', async () => {
    const [oldest] = server.events;
    const limited = await server.keyFor({ scopes: ['device:read'], deviceIds: ['budi'] });
    const events = await openEvents(limited, { lastEventId: oldest?.id ?? '' });
    const { data } = await server.api.delete<DeviceAnswer>('devices/budi/disconnect?logout=false');
    expect(data.status).toBe('disconnected');
    await events.next(({ type, reason }) => type === 'disconnected' && reason === 'stopped');
    expect(new Set(events.all.map(({ deviceId }) => deviceId))).toEqual(new Set(['budi']));
    events.close();
  });

  it('end when the key is revoked', async () => {
    const key = await server.keyFor({ scopes: ['device:read'] });
    const [events, socket] = [await openEvents(key), await openSocket(key, 'ana')];
    await server.api.delete(`/api/auth/tokens/${key.tokenId}`);
    await events.ended;
    expect(await socket.ended).toBe('1001');
    await expect(openEvents(key)).rejects.toThrow('401');
  });
});

function idsOf(events: readonly ServerEvent[]): string[] {
  return events.map(({ id }) => id);
}

async function tokenFor(scopes: string[], deviceIds?: string[]): Promise<{ token: string }> {
  const { key } = await server.keyFor({ scopes, ...(deviceIds && { deviceIds }) });
  return { token: key ?? '' };
}
