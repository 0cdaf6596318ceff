import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/sandbox/fault-kinds.ts';
import { FaultBody } from '../../src/sandbox/sandbox-fault-schemas.ts';
import { createSimulatorControl } from '../../src/sandbox/simulator-control.ts';
import { mountSandbox } from '../../src/sandbox-host.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { AppError } from '../../src/shared/errors.ts';
import { FaultBody as SimulatorFault } from '../../src/simulator/control/fault-schemas.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { startTestServer, withKey } from '../support/http.ts';
import { startServer } from '../support/server.ts';

const PHONE = '6281200000001';
const TOKEN = 'the-token-of-the-simulator';
const REST = { url: '', rootKey: '', mediaOrigin: '', caFile: '' };

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** A control API that answers as told, and notes what it was asked. */
async function startControl(answer: Answering) {
  const asked: { route: string; token: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      asked.push({ route: `${request.method} ${request.url}`, token: request.headers.authorization, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { asked, controlUrl: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const json =
  (status: number, body: object): Answering =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

const fails = (code: string, message = 'because'): object => ({ error: { code, message } });

/** Nothing of a device is needed but its QR. */
const devices = {
  list: async () => ({ items: [], counts: {} }),
  qr: async () => ({ value: 'a qr text', expiresInSeconds: 20 }),
  view: async () => Promise.reject(new AppError('DEVICE_NOT_FOUND')),
  pairingCode: async () => Promise.reject(new AppError('DEVICE_NOT_FOUND')),
};

async function start(answer: Answering) {
  const control = await startControl(answer);
  const server = await startTestServer({
    keys: {
      reader: { scopes: ['device:read', 'device:link', 'message:send'] },
      limited: { scopes: ['admin'], deviceIds: ['budi'] },
    },
    routes: (api) =>
      mountSandbox(api, {
        simulator: { ...REST, controlUrl: control.controlUrl, controlToken: TOKEN },
        deviceService: devices,
        clock: systemClock,
      }),
  });
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const url = `/api/sandbox${path}`;
    const response = await server.app.inject({
      method,
      url,
      headers: withKey('admin-key'),
      ...(body && { body }),
    });
    return { status: response.statusCode, text: response.body, ...response.json() };
  };
  return {
    ...server,
    ...control,
    call,
    async [Symbol.asyncDispose]() {
      await server.close();
      control.close();
    },
  };
}

describe('/api/sandbox', () => {
  const message = `/phones/${PHONE}/messages/3EB0A1`;
  it.each([
    ['POST', '/phones', {}],
    ['POST', '/phones', { phoneNumber: 'hello' }],
    ['POST', '/phones', { phoneNumber: PHONE, colour: 'red' }],
    ['POST', '/phones', { phoneNumber: PHONE, pushName: 'x'.repeat(101) }],
    ['GET', '/phones/..%2Faccounts', undefined],
    ['GET', '/phones/12', undefined],
    ['POST', `/phones/${PHONE}/scan`, { qr: 'a text somebody copied' }],
    ['POST', `/phones/${PHONE}/scan`, { deviceId: '../x' }],
    ['POST', `/phones/${PHONE}/pairing-code`, { code: 'ABCD2345' }],
    ['DELETE', `/phones/${PHONE}/devices/0`, undefined],
    ['POST', `/phones/${PHONE}/devices/1/end`, { how: 'gently' }],
    ['POST', `/phones/${PHONE}/devices/1/end`, { how: 'stream-error' }],
    ['GET', `/phones/${PHONE}/messages?pageSize=201`, undefined],
    ['GET', `/phones/${PHONE}/messages?cursor=..`, undefined],
    ['GET', `/phones/${PHONE}/messages?direction=sideways`, undefined],
    ['POST', `/phones/${PHONE}/send`, { to: 'example.com', text: 'x' }],
    ['POST', `/phones/${PHONE}/send`, { to: PHONE, text: '' }],
    ['POST', `/phones/${PHONE}/send-media`, { to: PHONE, kind: 'video' }],
    ['POST', `/phones/${PHONE}/send-media`, { to: PHONE, data: 'AAAA' }],
    ['POST', `/phones/${PHONE}/messages/..%2Fx/edit`, { text: 'x' }],
    ['POST', `${message}/reply`, { text: 1 }],
    ['POST', `${message}/react`, { emoji: 'x'.repeat(33) }],
    ['POST', `/phones/${PHONE}/read`, { ids: [] }],
    ['PUT', `/phones/${PHONE}/auto-reply`, { match: 'x' }],
    ['PUT', `/phones/${PHONE}/presence`, { presence: 'asleep' }],
    ['POST', `/phones/${PHONE}/typing`, { to: PHONE, state: 'thinking' }],
    ['POST', `/phones/${PHONE}/groups`, { subject: '', members: [] }],
    ['POST', `/phones/${PHONE}/groups/${PHONE}/members`, { members: [PHONE] }],
    ['POST', `/phones/${PHONE}/groups/123456@g.us/members`, { members: [] }],
    ['POST', '/faults', { kind: 'earthquake' }],
    ['POST', '/faults', { kind: 'nack' }],
    ['POST', '/faults', { kind: 'nack', code: '479', delayMs: 5 }],
    ['POST', '/faults', { kind: 'swallow', times: 0 }],
    ['POST', '/faults', { kind: 'stream-error', at: 'noon' }],
    ['DELETE', '/faults/..', undefined],
  ] as const)('refuses %s %s with %j, and the simulator hears nothing of it', async (method, path, body) => {
    await using server = await start(json(200, {}));
    const { status, error } = await server.call(method, path, body);
    expect([400, 404]).toContain(status);
    expect(['VALIDATION_FAILED', 'ROUTE_NOT_FOUND', 'METHOD_NOT_ALLOWED']).toContain(error.code);
    expect(server.asked).toEqual([]);
  });

  it('takes the QR text from the device itself, and shows the token to nobody but the simulator', async () => {
    await using server = await start(json(200, { device: 1, secret: 'x' }));
    const { status, text, data } = await server.call('POST', `/phones/+62%20812-0000-0001/scan`, {
      deviceId: 'anna',
    });
    expect([status, data]).toEqual([200, { device: 1 }]);
    expect(server.asked).toEqual([
      { route: `POST /phones/${PHONE}/scan`, token: `Bearer ${TOKEN}`, body: '{"qr":"a qr text"}' },
    ]);
    expect(text).not.toContain(TOKEN);
  });

  it('is for administrators', async () => {
    await using server = await start(json(200, { phones: [] }));
    for (const [headers, status] of [
      [{}, 401],
      [withKey('reader'), 403],
    ] as const) {
      const answer = await server.app.inject({ method: 'GET', url: '/api/sandbox/phones', headers });
      expect(answer.statusCode).toBe(status);
    }
    expect(server.asked).toEqual([]);
  });

  it('links no device that the key may not use', async () => {
    await using server = await start(json(200, { device: 1 }));
    const answer = await server.app.inject({
      method: 'POST',
      url: `/api/sandbox/phones/${PHONE}/scan`,
      headers: withKey('limited'),
      body: { deviceId: 'anna' },
    });
    expect(answer.json().error.code).toBe('DEVICE_NOT_FOUND');
    expect(server.asked).toEqual([]);
  });

  it.each([
    [404, 'PHONE_NOT_FOUND', 404, 'SANDBOX_NOT_FOUND'],
    [410, 'QR_EXPIRED', 409, 'SANDBOX_REFUSED'],
    [422, 'SEND_REFUSED', 409, 'SANDBOX_REFUSED'],
    [502, 'MEDIA_FAILED', 409, 'SANDBOX_REFUSED'],
    [401, 'UNAUTHORIZED', 503, 'SANDBOX_UNAVAILABLE'],
    [500, 'INTERNAL', 503, 'SANDBOX_UNAVAILABLE'],
  ])('tells a %i %s of the simulator as %i %s, with its reason', async (given, reason, status, code) => {
    await using server = await start(json(given, fails(reason)));
    const answer = await server.call('GET', '/phones');
    expect([answer.status, answer.error.code]).toEqual([status, code]);
    expect(answer.error.details).toMatchObject({ reason, explanation: 'because' });
  });

  it('says so when the simulator is away, or answers what is no JSON', async () => {
    await using server = await start((_request, response) => response.end('<html>'));
    expect((await server.call('GET', '/faults')).error.code).toBe('SANDBOX_UNAVAILABLE');
    await using away = await start((request) => request.socket.destroy());
    const answer = await away.call('GET', '/phones');
    expect([answer.status, answer.error.code]).toEqual([503, 'SANDBOX_UNAVAILABLE']);
  });
});

describe('the control of the simulator', () => {
  it('is given up after half a minute', async () => {
    const clock = createManualClock();
    const { controlUrl, close } = await startControl(() => clock.advance(30_000));
    const control = createSimulatorControl({ controlUrl, controlToken: TOKEN, clock });
    const shape = { parse: (answer: unknown) => answer };
    await expect(control.ask(shape, { method: 'GET', path: ['phones'] })).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
    });
    close();
  });

  it.each(['http://192.168.1.4:9000', 'https://127.0.0.1:9000', 'http://localhost.example.com'])(
    'is never looked for at %s',
    (controlUrl) => {
      const options = { controlUrl, controlToken: TOKEN, clock: systemClock };
      expect(() => createSimulatorControl(options)).toThrow('127.0.0.1 only');
    },
  );
});

describe('the kinds of faults', () => {
  it('are those the simulator knows', () => {
    const known = SimulatorFault.options.map(({ shape }) => shape.kind.value);
    expect(FAULT_KINDS.map(({ kind }) => kind).sort()).toEqual([...known].sort());
  });

  it.each(FAULT_KINDS.map(({ kind, fields }) => ({ kind, fields })))(
    '$kind: what is taken here is taken there',
    ({ kind, fields }) => {
      const sample = (which: 'min' | 'max') =>
        Object.fromEntries(
          fields.map((field) => {
            if (field.type === 'integer') return [field.name, field[which]];
            return [field.name, field.type === 'code' ? '503' : field.choices[0]];
          }),
        );
      for (const which of ['min', 'max'] as const) {
        const fault = { kind, ...sample(which), times: 1, target: { phoneNumber: PHONE, device: 1 } };
        expect(SimulatorFault.safeParse(FaultBody.parse(fault)).error).toBeUndefined();
      }
      const needed = fields.filter(({ required }) => required);
      expect(FaultBody.safeParse({ kind }).success).toBe(needed.length === 0);
      expect(SimulatorFault.safeParse({ kind }).success).toBe(needed.length === 0);
    },
  );
});

it('outside the sandbox, and with a simulator of somebody else, there are no such routes', async () => {
  const place = { url: 'ws://127.0.0.1:9/ws/chat', rootKeyHex: 'ab'.repeat(32) };
  for (const options of [{}, { simulator: place }]) {
    const server = await startServer(options);
    expect(await server.api.get('/api/sandbox/phones')).toMatchObject({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
    });
    const session = await server.api.as(null).get('/api/auth/session');
    expect(session.data).toMatchObject({ sandbox: false });
    await server.stop();
  }
});
