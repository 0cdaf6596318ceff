import { describe, expect, it } from 'vitest';
import { startTestServer, withKey } from '../support/http.ts';
import { sampleRoutes } from '../support/sample-routes.ts';

const keys = {
  reader: { scopes: ['device:read'] as const },
  sender: { scopes: ['message:send'] as const },
  'dev-1-only': { scopes: ['device:read', 'device:manage'] as const, deviceIds: ['dev-1'] },
};
const start = (settings = {}) => startTestServer({ routes: sampleRoutes, keys, settings });

describe('who may call', () => {
  const cases: [string, Record<string, string>, number, string | null][] = [
    ['no key', {}, 401, 'UNAUTHORIZED'],
    ['an unknown key', withKey('guess'), 401, 'API_KEY_INVALID'],
    ['another scheme', { authorization: 'Basic YTpi' }, 401, 'UNAUTHORIZED'],
    ['a key without the scope', withKey('sender'), 403, 'FORBIDDEN'],
    ['a key with the scope', withKey('reader'), 200, null],
    ['an administrator', withKey('admin-key'), 200, null],
    ['X-API-Key', { 'x-api-key': 'reader' }, 200, null],
    ['bearer in small letters', { authorization: 'bearer reader' }, 200, null],
  ];
  it.each(cases)('%s', async (_name, headers, status, code) => {
    await using server = await start();
    const response = await server.app.inject({ url: '/devices/dev-1', headers });
    expect(response.statusCode).toBe(status);
    expect(response.json().error?.code ?? null).toBe(code);
    expect(response.headers['www-authenticate'] !== undefined).toBe(status === 401);
  });

  it.each(['api_key', 'apikey', 'token', 'access_token', 'key', 'X-API-Key'])(
    'no key in ?%s=',
    async (name) => {
      await using server = await start();
      const response = await server.app.inject(`/devices/dev-1?${name}=reader`);
      expect(response.statusCode).toBe(401);
      expect(response.json().error.details.reason).toContain('header');
    },
  );

  it('public routes answer a wrong key like none', async () => {
    await using server = await start();
    const response = await server.app.inject({ url: '/health', headers: withKey('guess') });
    expect(response.statusCode).toBe(200);
  });
});

describe('a key restricted to one device', () => {
  const headers = withKey('dev-1-only');
  const cases: [string, object, number][] = [
    ['its device', { url: '/devices/dev-1' }, 200],
    ['another device', { url: '/devices/dev-2' }, 404],
    ['another device, percent-encoded', { url: '/devices/dev%2D2' }, 404],
    ['another device below the path', { method: 'POST', url: '/devices/dev-2/connect' }, 404],
    ['another device in the query', { url: '/list?deviceId=dev-2' }, 404],
    ['another device in the body', { method: 'POST', url: '/devices', body: { deviceId: 'dev-2' } }, 404],
    ['its device in the body', { method: 'POST', url: '/devices', body: { deviceId: 'dev-1' } }, 201],
  ];
  it.each(cases)('%s', async (_name, request, status) => {
    await using server = await start();
    const response = await server.app.inject({ ...request, headers });
    expect(response.statusCode).toBe(status);
    if (status === 404) expect(response.json().error.code).toBe('DEVICE_NOT_FOUND');
  });

  it('a header cannot override the path', async () => {
    await using server = await start();
    const override = { ...headers, 'x-device-id': 'dev-1', deviceid: 'dev-1' };
    const response = await server.app.inject({ url: '/devices/dev-2?deviceId=dev-1', headers: override });
    expect(response.statusCode).toBe(404);
  });

  it('filters lists by request.access.mayUse', async () => {
    await using server = await start();
    const response = await server.app.inject({ url: '/list', headers });
    expect(response.json().data).toEqual({ one: true, two: false });
  });
});

describe('limits', () => {
  it('counts each key on its own and says when to come back', async () => {
    await using server = await start({ rateLimitPerMinute: 2 });
    const ask = (key: string) => server.app.inject({ url: '/devices/dev-1', headers: withKey(key) });
    expect((await ask('reader')).headers['x-ratelimit-remaining']).toBe('1');
    expect((await ask('reader')).statusCode).toBe(200);
    const refused = await ask('reader');
    expect(refused.statusCode).toBe(429);
    expect(refused.json().error.code).toBe('RATE_LIMITED');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('admin-key')).statusCode).toBe(200);
  });

  it('counts callers without a key by address, on routes that do not exist as well', async () => {
    await using server = await start({ rateLimitPerMinute: 2 });
    const ask = () => server.app.inject('/nothing');
    await ask();
    await ask();
    expect((await ask()).statusCode).toBe(429);
  });

  it('stops guessing, and lets right keys of the same address through', async () => {
    await using server = await start();
    const guess = (n: number) => server.app.inject({ url: '/list', headers: withKey(`guess-${n}`) });
    for (let n = 0; n < 30; n++) expect((await guess(n)).statusCode).toBe(401);
    expect((await guess(31)).statusCode).toBe(429);
    expect((await server.app.inject({ url: '/list', headers: withKey('reader') })).statusCode).toBe(200);
  });

  it('believes X-Forwarded-For only of listed proxies', async () => {
    const ask = async (trustProxy: string[], address: string) => {
      await using server = await start({ rateLimitPerMinute: 1, trustProxy });
      const from = (client: string) =>
        server.app.inject({
          url: '/nothing',
          remoteAddress: address,
          headers: { 'x-forwarded-for': client },
        });
      await from('203.0.113.1');
      return (await from('203.0.113.2')).statusCode;
    };
    expect(await ask([], '10.0.0.1')).toBe(429);
    expect(await ask(['10.0.0.0/8'], '192.0.2.1')).toBe(429);
    expect(await ask(['10.0.0.0/8'], '10.0.0.1')).toBe(404);
  });
});
