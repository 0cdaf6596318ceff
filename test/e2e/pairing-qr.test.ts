import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceAnswer } from '../support/client.ts';
import { type Frame, openEvents, openSocket, type ServerEvent } from '../support/live.ts';
import { fieldsOfPng, fieldsOfSvg, fieldsOfText } from '../support/qr-picture.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

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

interface Qr {
  readonly qrCode: string;
  readonly expiresIn: number;
}

describe('pairing by QR code', () => {
  it('goes from created over QR and 515 to connected', async () => {
    const { api } = server;
    const created = await api.post<DeviceAnswer>('devices', { deviceId: 'ana', deviceName: "Ana's desk" });
    expect(created).toMatchObject({
      status: 201,
      data: { status: 'created', hasSession: false, cause: null },
    });
    const early = await api.get('devices/ana/qr');
    expect(early).toMatchObject({ status: 409, code: 'QR_NOT_AVAILABLE', details: { status: 'created' } });

    const shown = await server.showQr('ana');
    const { data: qr } = await api.get<Qr>('devices/ana/qr');
    expect(qr.qrCode).toBe(shown);
    expect(qr.expiresIn).toBeGreaterThan(30);
    expect(qr.expiresIn).toBeLessThanOrEqual(60);
    const pairing = await api.get<DeviceAnswer>('devices/ana');
    expect(pairing.data).toMatchObject({ status: 'pairing', qrCode: shown, isConnected: false });
    expect((await api.post('devices/ana/connect')).message).toContain('connecting already');

    await simulator.phone(ANA, 'Ana').scanQr(shown);
    await server.waitForStatus('ana', 'connected');
    const { data: device } = await api.get<DeviceAnswer>('devices/ana');
    expect(device).toMatchObject({
      status: 'connected',
      isConnected: true,
      phoneNumber: ANA,
      jid: `${ANA}@s.whatsapp.net`,
      qrCode: null,
      hasSession: true,
      authMethod: 'qr',
      cause: null,
    });
    expect(device.lid).toMatch(/^\d+@lid$/);
    expect(await api.get('devices/ana/qr')).toMatchObject({ status: 409, code: 'QR_NOT_AVAILABLE' });
    expect(await api.get('devices/ana/qr-image?format=svg')).toMatchObject({ status: 409 });
    expect((await api.post('devices/ana/connect')).message).toContain('connected already');
    const restarts = simulator.history.records((each) => each.kind === 'connection-closed');
    expect(restarts).toMatchObject([{ reason: 'linked' }]);
  });

  it('shows the QR as a picture of exactly that text', async () => {
    await server.createDevice('pictures');
    const fields = fieldsOfText(await server.showQr('pictures'));
    const layout = { fields: fields.length, margin: 2, pixels: 400 };
    for (const route of ['qr-image', 'qr-base64', 'qr-image?format=png']) {
      const { data, headers } = await server.api.get<{ image: string; expiresIn: number }>(
        `devices/pictures/${route}`,
      );
      expect(headers.get('cache-control')).toBe('no-store');
      expect(data.expiresIn).toBeGreaterThan(0);
      expect(data.image).toMatch(/^data:image\/png;base64,/);
      expect(fieldsOfPng(data.image, layout)).toEqual(fields);
    }
    for (const route of ['qr-image?format=svg', 'qr-base64?format=svg']) {
      const { text, headers } = await server.api.get(`devices/pictures/${route}`);
      expect(headers.get('content-type')).toBe('image/svg+xml');
      expect(text).toContain('width="400" height="400"');
      expect(fieldsOfSvg(text, layout)).toEqual(fields);
    }
    const unknown = await server.api.get('devices/pictures/qr-image?format=gif');
    expect(unknown).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    await server.api.post('devices/pictures/cancel-and-wipe');
  });

  it('is told step by step over WebSocket and server-sent events', async () => {
    await server.createDevice('budi');
    const [socket, events] = [await openSocket(server.api, 'budi'), await openEvents(server.api)];
    expect(await socket.next(() => true)).toMatchObject({
      type: 'status',
      status: 'created',
      authenticated: false,
      connecting: false,
    });
    const qr = await server.showQr('budi');
    await simulator.phone(BUDI, 'Budi').scanQr(qr);
    const isConnected = (each: Frame | ServerEvent) => each.type === 'status' && each.status === 'connected';
    const last = await socket.next(isConnected);
    expect(last).toMatchObject({ authenticated: true, connecting: false, phoneNumber: BUDI });
    await events.next((event) => event.deviceId === 'budi' && isConnected(event));

    const steps = [
      'status connecting',
      'status pairing',
      'qr',
      'authenticated',
      'status connecting',
      'status connected',
    ];
    expect(stepsOf(socket.all.slice(1))).toEqual(steps);
    expect(stepsOf(events.all.filter(({ deviceId }) => deviceId === 'budi'))).toEqual(steps);
    const picture = socket.all.find(({ type }) => type === 'qr');
    const fields = fieldsOfText(qr);
    expect(fieldsOfPng(String(picture?.data), { fields: fields.length, margin: 2, pixels: 400 })).toEqual(
      fields,
    );
    expect(picture).toMatchObject({ expiresIn: 60 });
    expect(socket.all.find(({ type }) => type === 'authenticated')).toMatchObject({
      status: 'connected',
      jid: `${BUDI}@s.whatsapp.net`,
    });
    socket.close();
    events.close();
  });

  it('shows a page that opens in the middle the QR of now', async () => {
    await server.createDevice('citra');
    const qr = await server.showQr('citra');
    const socket = await openSocket(server.api, 'citra');
    await socket.next((frame) => frame.type === 'status' && frame.status === 'pairing');
    const { data } = await socket.next((frame) => frame.type === 'qr');
    const fields = fieldsOfText(qr);
    expect(fieldsOfPng(String(data), { fields: fields.length, margin: 2, pixels: 400 })).toEqual(fields);
    socket.close();
  });

  it('keeps QR codes from callers who may not link a phone', async () => {
    const reader = await server.keyFor({ scopes: ['device:read'] });
    const [events, socket] = [await openEvents(reader), await openSocket(reader, 'citra')];
    const { data: qr } = await server.api.get<Qr>('devices/citra/qr');
    expect((await reader.get<DeviceAnswer>('devices/citra')).data.qrCode).toBeNull();
    await simulator.phone(CITRA, 'Citra').scanQr(qr.qrCode);
    await socket.next((frame) => frame.status === 'connected' && frame.type === 'status');
    await events.next((event) => event.type === 'status' && event.status === 'connected');
    const told = JSON.stringify([socket.all, events.all]);
    expect(told).not.toContain('data:image');
    expect(told).not.toContain('linked_devices');
    expect((await reader.get('devices/citra/qr')).code).toBe('FORBIDDEN');
    socket.close();
    events.close();
  });
});

/** Type and status of what was told, without repeats of the same status (its counters differ). */
function stepsOf(told: readonly (Frame | ServerEvent)[]): string[] {
  const steps = told.map(({ type, status }) => (type === 'status' ? `status ${status}` : type));
  return steps.filter((step, index) => step !== steps[index - 1]);
}
