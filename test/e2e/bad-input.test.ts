import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ environment: { BODY_LIMIT_BYTES: '65536' } });
  await server.createDevice('ana', { deviceName: 'Front desk', tags: ['shop'] });
});
afterAll(() => server.stop());

/** Everything there is to change without a phone. */
const everything = async () => {
  const parts = ['devices', 'devices/ana', 'devices/ana/messages', '/api/auth/tokens'];
  const answers = await Promise.all(parts.map((path) => server.api.get<object>(path)));
  return answers.map(({ data }) => data);
};

/** Runs `work` and fails when anything is different afterwards. */
async function changingNothing(work: () => Promise<void>) {
  const before = await everything();
  await work();
  expect(await everything()).toEqual(before);
}

const text = { to: '08123456789', message: 'x' };
const groupText = { groupId: '120363000000000001', message: 'x' };
const people = { participants: ['08123456789'] };
/** A body each route takes. */
const BODIES: Record<string, object> = {
  'POST /devices/{deviceId}/pairing-code': { phone: '08123456789' },
  'POST /devices/{deviceId}/send-message': text,
  'POST /devices/{deviceId}/send-group-message': groupText,
  'POST /devices/{deviceId}/jobs/send-text': { messages: [text] },
  'POST /devices/{deviceId}/jobs/check': { kind: 'text', items: [text] },
  'POST /devices/{deviceId}/jobs/send-group-message': { items: [groupText] },
  'POST /devices/{deviceId}/schedule-message': { ...text, scheduleTime: '2090-01-01 08:00:00' },
  'PATCH /devices/{deviceId}/schedules/{scheduleId}': { message: 'x' },
  'PATCH /devices/{deviceId}': { deviceName: 'x' },
  'POST /devices/{deviceId}/messages': { to: '08123456789', type: 'text', text: 'x' },
  'PATCH /devices/{deviceId}/messages/{messageId}': { text: 'x' },
  'POST /devices/{deviceId}/check-numbers': { numbers: ['08123456789'] },
  'POST /devices/{deviceId}/typing': { to: '08123456789', state: 'composing' },
  'POST /devices/{deviceId}/read': { chat: '08123456789' },
  'POST /devices/{deviceId}/groups': { subject: 'x', participants: ['08123456789'] },
  'POST /devices/{deviceId}/groups/join': { code: 'abcdefgh' },
  'PATCH /devices/{deviceId}/groups/{groupId}': { subject: 'x' },
  'POST /devices/{deviceId}/groups/{groupId}/participants': people,
  'POST /devices/{deviceId}/groups/{groupId}/admins': people,
  'POST /devices/{deviceId}/groups/{groupId}/join-requests/approve': people,
  'POST /devices/{deviceId}/groups/{groupId}/join-requests/reject': people,
  'POST /devices/{deviceId}/groups/{groupId}/mention-message': {
    message: 'x',
    mentions: ['08123456789'],
  },
};
/** What stands in paths. */
const NAMES: Record<string, string> = {
  '{deviceId}': 'nobody',
  '{messageId}': '3EB0AA',
  '{groupId}': '120363000000000001',
  '{person}': '628123456789',
  '{contact}': '628123456789',
  '{jid}': '628123456789',
  '{scheduleId}': '01M7W6XFBG5R88ABAJC5GPJ9HS',
};

describe('a device id', () => {
  it.each(['ab', 'x'.repeat(51), 'a b c', 'über', 'a/../b', 'ana;drop', '%00%00%00', ''])(
    '%j is refused wherever it stands',
    (deviceId) =>
      changingNothing(async () => {
        const created = await server.api.post('devices', { deviceId });
        expect(created).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
        const path = encodeURIComponent(deviceId);
        if (path === '') return;
        for (const answer of [
          await server.api.get(`devices/${path}`),
          await server.api.post(`devices/${path}/connect`),
          await server.api.delete(`devices/${path}?purge=true`),
          await server.api.post(`devices/${path}/send-message`, { to: '08123456789', message: 'x' }),
        ]) {
          expect([400, 404]).toContain(answer.status);
          expect(['VALIDATION_FAILED', 'ROUTE_NOT_FOUND']).toContain(answer.code);
        }
      }),
  );

  it('that exists says what can be done instead', () =>
    changingNothing(async () => {
      const again = await server.api.post('devices', { deviceId: 'ana', deviceName: 'Another' });
      expect(again).toMatchObject({
        status: 409,
        code: 'DEVICE_EXISTS',
        details: { deviceId: 'ana', options: ['connect', 'recreate', 'rename'] },
      });
    }));

  it('is one device however many create it at once, and differs by case', async () => {
    const requests = Array.from({ length: 10 }, () => server.api.post('devices', { deviceId: 'raced' }));
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array(9).fill(409)]);
    expect((await server.api.post('devices', { deviceId: 'Raced' })).status).toBe(201);
    for (const deviceId of ['raced', 'Raced']) await server.api.delete(`devices/${deviceId}`);
  });

  it('nobody has is 404 on every route of a device', () =>
    changingNothing(async () => {
      const routes = (await allRoutes()).filter(
        ({ path }) => path.includes('{deviceId}') && !path.endsWith('/send-media'),
      );
      expect(routes.length).toBeGreaterThan(15);
      for (const { method, path } of routes) {
        const short = path.replace('/api/whatsapp-multi-device', '');
        const query = short.endsWith('/check-number') ? '?number=628123456789' : '';
        const address = path.replace(/\{\w+\}/g, (name) => NAMES[name] ?? name) + query;
        const body = BODIES[`${method} ${short}`];
        const isFile = short.endsWith('/session/import');
        const answer = await server.api.call({
          method,
          path: address,
          ...(isFile ? { raw: 'a file' } : { body }),
          headers: {
            'x-backup-passphrase': 'a passphrase for the tests',
            ...(isFile && { 'content-type': 'application/octet-stream' }),
          },
        });
        expect(`${method} ${short} ${answer.status} ${answer.code}`).toBe(
          `${method} ${short} 404 DEVICE_NOT_FOUND`,
        );
      }
    }));
});

describe('a body', () => {
  const post = (raw: string, headers = {}) =>
    server.api.call({ method: 'POST', path: 'devices', raw, headers });

  it.each(['{', '{"deviceId":"broken"', "{'deviceId':'broken'}", 'deviceId=broken', '\u0000', '{"a":1}}'])(
    '%j is no JSON',
    (raw) =>
      changingNothing(async () => {
        expect(await post(raw)).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
      }),
  );

  it.each(['null', '[]', '"text"', '7', '{}', '{"deviceId":7}', '{"deviceId":["abc"]}', ''])(
    '%j does not fit',
    (raw) =>
      changingNothing(async () => {
        const answer = await post(raw);
        expect(answer).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
        expect(answer.details.fields).toContainEqual(expect.objectContaining({ in: 'body' }));
      }),
  );

  it('with a prototype in it is refused', () =>
    changingNothing(async () => {
      const raw = '{"deviceId":"polluted","__proto__":{"admin":true}}';
      expect(await post(raw)).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
    }));

  it('larger than allowed is refused, announced or not', () =>
    changingNothing(async () => {
      const raw = JSON.stringify({ deviceId: 'huge', deviceName: 'x'.repeat(70_000) });
      expect(await post(raw)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
      const unannounced = await fetch(`${server.url}/api/whatsapp-multi-device/devices`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.api.key}`, 'content-type': 'application/json' },
        body: new Blob([raw]).stream(),
        duplex: 'half',
      });
      expect(unannounced.status).toBe(413);
    }));

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('of type %s is not taken', (type) =>
    changingNothing(async () => {
      const answer = await post('deviceId=abc', { 'content-type': type });
      expect(answer).toMatchObject({ status: 415, code: 'MEDIA_TYPE_UNSUPPORTED' });
    }),
  );

  it.each([
    [{ deviceName: '' }, 'deviceName'],
    [{ deviceName: 'x'.repeat(101) }, 'deviceName'],
    [{ tags: 'shop' }, 'tags'],
    [{ tags: Array(21).fill('x') }, 'tags'],
    [{ tags: ['x'.repeat(41)] }, 'tags.0'],
    [{ proxyUrl: 'ftp://proxy' }, 'proxyUrl'],
    [{ autoRead: 'yes' }, 'autoRead'],
    [{ settings: { markOnline: 1 } }, 'settings.markOnline'],
  ])('%j is refused, and the field is named', (change, field) =>
    changingNothing(async () => {
      const answer = await server.api.patch('devices/ana', change);
      expect(answer).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
        details: { fields: [{ field }] },
      });
      expect((await server.api.post('devices', { deviceId: 'wrong', ...change })).status).toBe(400);
    }),
  );
});

describe('an address', () => {
  it('with another method says which ones it takes', () =>
    changingNothing(async () => {
      for (const [method, path, allow] of [
        ['PUT', 'devices', 'GET, HEAD, POST'],
        ['DELETE', 'devices', 'GET, HEAD, POST'],
        ['POST', 'devices/ana', 'DELETE, GET, HEAD, PATCH'],
        ['GET', 'devices/ana/send-message', 'POST'],
        ['POST', '/health', 'GET, HEAD'],
      ] as const) {
        const answer = await server.api.call({ method, path });
        expect(answer).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
        expect(answer.headers.get('allow')).toBe(allow);
      }
    }));

  it.each([
    '/nothing',
    '/api',
    '/api/whatsapp-multi-device/devices/ana/nothing',
    '/../../etc/passwd',
    '/docs/x.js',
  ])('%s is no route', async (path) => {
    expect(await server.api.get(path)).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
  });

  it('that is no URL, or too long, is refused in the envelope', async () => {
    expect(await server.api.get('devices/%zz')).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect((await server.api.get(`devices/${'x'.repeat(3000)}`)).status).toBe(400);
    expect((await server.api.get('devices?page=0')).code).toBe('VALIDATION_FAILED');
    expect((await server.api.get('devices?pageSize=201')).code).toBe('VALIDATION_FAILED');
    expect((await server.api.get('devices?status=happy')).code).toBe('VALIDATION_FAILED');
    expect((await server.api.delete('devices/ana?purge=perhaps')).code).toBe('VALIDATION_FAILED');
    expect((await server.api.delete('devices/ana/disconnect?logout=maybe')).code).toBe('VALIDATION_FAILED');
  });
});

it('every answer carries a request id and a timestamp in the configured zone', async () => {
  for (const answer of [await server.api.get('devices'), await server.api.get('devices/nobody')]) {
    expect(answer.headers.get('x-request-id')).toMatch(/\S{8,}/);
    const { timestamp, success } = JSON.parse(answer.text);
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(success).toBe(answer.status === 200);
  }
});

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Every route of the server, as its OpenAPI document lists them. */
async function allRoutes(): Promise<Route[]> {
  const { text } = await server.api.get('/openapi.json');
  const { paths }: { paths: Record<string, object> } = JSON.parse(text);
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  );
}
