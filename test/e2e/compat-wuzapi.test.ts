import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/compat.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000081';
const BUDI = '6281200000082';
/** A picture of one pixel. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({
    simulator,
    environment: {
      WA_MEDIA_ORIGIN: simulator.mediaOrigin,
      WA_MEDIA_CA: simulator.caFile,
    },
  });
  simulator.phone(BUDI, 'Budi');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

type Told = Awaited<ReturnType<typeof ask>>;

describe('wuzapi callers', () => {
  let token: string;
  const wuzapi = (route: string, body?: object) =>
    ask(server.api.as(null), route, { headers: { token }, ...(body && { body }) });

  beforeAll(async () => {
    await server.createDevice('other');
    await server.createDevice('otp', { deviceName: 'One-time passwords' });
    const key = await server.keyFor({
      scopes: ['device:read', 'device:link', 'message:read', 'message:send'],
      deviceIds: ['otp'],
    });
    token = key.key ?? '';
  });

  it('are known by the header token, of a key that is bound to one device; elsewhere it is none', async () => {
    const nobody = server.api.as(null);
    expect(await ask(nobody, 'GET /session/status')).toEqual({
      status: 401,
      told: { code: 401, error: 'An API key is needed', errorCode: 'UNAUTHORIZED', success: false },
    });
    const wrong = await ask(nobody, 'GET /session/status', { headers: { token: 'wa_wrong' } });
    expect(wrong.told).toMatchObject({ code: 401, errorCode: 'API_KEY_INVALID', success: false });
    const everything = await ask(server.api, 'GET /session/status');
    expect(everything).toMatchObject({ status: 403, told: { code: 403, errorCode: 'KEY_NOT_BOUND' } });
    const two = await server.keyFor({ scopes: ['device:read'], deviceIds: ['otp', 'other'] });
    expect((await ask(two, 'GET /session/status')).told).toMatchObject({ errorCode: 'KEY_NOT_BOUND' });
    const reader = await server.keyFor({ scopes: ['device:read'], deviceIds: ['otp'] });
    expect((await ask(reader, 'POST /session/connect')).told).toMatchObject({ errorCode: 'FORBIDDEN' });
    const ours = await ask(nobody, 'GET /api/whatsapp-multi-device/devices', { headers: { token } });
    expect(ours).toMatchObject({ status: 401, told: { error: { code: 'UNAUTHORIZED' } } });
  });

  it('pair, and status says what connect said', async () => {
    expect(await wuzapi('GET /session/status')).toMatchObject({
      status: 200,
      told: {
        code: 200,
        success: true,
        data: { id: 'otp', name: 'One-time passwords', connected: false, loggedIn: false, jid: '' },
      },
    });
    expect((await wuzapi('GET /session/qr')).told).toMatchObject({ code: 409, success: false });
    const from = server.events.length;
    const connect = { Subscribe: ['Message', 'ReadReceipt'], Immediate: true };
    expect((await wuzapi('POST /session/connect', connect)).told).toMatchObject({
      code: 200,
      data: { details: 'Connecting', events: 'Message,ReadReceipt' },
    });
    expect((await wuzapi('GET /session/status')).told).toMatchObject({
      data: { connected: true, loggedIn: false, Connected: true, LoggedIn: false },
    });
    const { qr } = await server.waitForEvent(
      ({ type, deviceId }) => type === 'qr' && deviceId === 'otp',
      from,
    );
    const shown = await wuzapi('GET /session/qr');
    expect(shown.told).toMatchObject({ data: { QRCode: expect.stringMatching(/^data:image\/png;base64,/) } });
    await simulator.phone(ANA, 'Ana').scanQr(String(qr));
    await server.waitForStatus('otp', 'connected');

    expect((await wuzapi('POST /session/connect')).told).toMatchObject({
      success: true,
      data: { details: 'Connected', jid: `${ANA}@s.whatsapp.net` },
    });
    expect((await wuzapi('GET /session/status')).told).toMatchObject({
      data: { connected: true, loggedIn: true, jid: `${ANA}@s.whatsapp.net` },
    });
  });

  it('send texts and files; the same Id goes once', async () => {
    const budi = simulator.phone(BUDI);
    const message = { Phone: BUDI, Body: 'Your code is 1234', Id: 'order-1' };
    const first = await wuzapi('POST /chat/send/text', message);
    expect(first).toMatchObject({ status: 200, told: { data: { Details: 'Sent', Status: 'server_ack' } } });
    const again = await wuzapi('POST /chat/send/text', message);
    const idOf = ({ told }: Told) => Object(told.data).Id;
    expect(idOf(again)).toBe(idOf(first));
    const other = await wuzapi('POST /chat/send/text', { ...message, Body: 'Another' });
    expect(other.told).toMatchObject({ code: 422, errorCode: 'IDEMPOTENCY_MISMATCH' });
    await waitForMessage(budi, ({ text }) => text === 'Your code is 1234');

    const reply = { Phone: BUDI, Body: 'As I said', ContextInfo: { StanzaId: idOf(first) } };
    expect((await wuzapi('POST /chat/send/text', reply)).status).toBe(200);
    await waitForMessage(budi, ({ text }) => text === 'As I said');
    expect(budi.messages().filter(({ text }) => text === 'Your code is 1234').length).toBe(1);

    const picture = { Phone: BUDI, Image: `data:image/png;base64,${PNG}`, Caption: 'a dot' };
    expect(await wuzapi('POST /chat/send/image', picture)).toMatchObject({
      status: 200,
      told: { code: 200 },
    });
    const file = {
      Phone: BUDI,
      Document: `data:application/octet-stream;base64,${PNG}`,
      FileName: 'dot.png',
    };
    expect(await wuzapi('POST /chat/send/document', file)).toMatchObject({
      status: 200,
      told: { code: 200 },
    });
    await waitForMessage(budi, ({ text, media }) => text === 'a dot' && media !== null);
    await waitForMessage(budi, ({ kind }) => kind === 'documentMessage');
  });

  it('are told what is wrong with a file or a number', async () => {
    const lie = { Phone: BUDI, Video: `data:video/mp4;base64,${PNG}` };
    expect((await wuzapi('POST /chat/send/video', lie)).told).toMatchObject({ code: 415, success: false });
    expect((await wuzapi('POST /chat/send/audio', { Phone: BUDI })).told).toMatchObject({ code: 400 });
    const cut = { Phone: BUDI, Image: 'data:image/png;base64,iVBORw0KG' };
    expect((await wuzapi('POST /chat/send/image', cut)).told).toMatchObject({ code: 400, success: false });
    expect((await wuzapi('POST /chat/send/text', { Phone: 'nobody', Body: 'x' })).told).toMatchObject({
      code: 422,
      errorCode: 'RECIPIENT_INVALID',
    });
    expect((await wuzapi('POST /user/check', { Phone: [BUDI, '6281299999999'] })).told).toMatchObject({
      data: {
        Users: [
          { Query: BUDI, IsInWhatsapp: true, JID: `${BUDI}@s.whatsapp.net` },
          { Query: '6281299999999', IsInWhatsapp: false, JID: '' },
        ],
      },
    });
  });

  it('disconnect and come back; log out and pair by phone', async () => {
    expect((await wuzapi('POST /session/disconnect')).told).toMatchObject({
      data: { Details: 'Disconnected' },
    });
    expect((await wuzapi('GET /session/status')).told).toMatchObject({
      data: { connected: false, loggedIn: false },
    });
    const refused = await wuzapi('POST /chat/send/text', { Phone: BUDI, Body: 'x' });
    expect(refused.told).toMatchObject({ code: 409, errorCode: 'DEVICE_NOT_CONNECTED', success: false });
    await wuzapi('POST /session/connect', {});
    await server.waitForStatus('otp', 'connected');
    expect((await wuzapi('POST /session/logout')).told).toMatchObject({ data: { Details: 'Logged out' } });
    const { told } = await wuzapi('POST /session/pairphone', { Phone: ANA });
    await simulator.phone(ANA).enterPairingCode(String(Object(told.data).LinkingCode));
    await server.waitForStatus('otp', 'connected');
    expect((await wuzapi('GET /session/status')).told).toMatchObject({
      data: { connected: true, loggedIn: true },
    });
  });
});
