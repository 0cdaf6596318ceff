import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { ADMIN_KEY, startServer, type TestServer } from '../support/server.ts';

/** Every scope but that of administrators. */
const SCOPES = [
  'device:read',
  'device:link',
  'device:manage',
  'message:read',
  'message:send',
  'group:manage',
  'report:read',
  'webhook:manage',
];

/** What stands in paths. */
const NAMES: Readonly<Record<string, string>> = {
  deviceId: 'budi',
  messageId: '3EB0AA',
  tokenId: 'env',
  groupId: '120363000000000001',
  id: '1',
};

interface Route {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  /** The one it needs. */
  readonly scope: string | undefined;
}

let server: TestServer;
let routes: readonly Route[];

beforeAll(async () => {
  server = await startServer();
  for (const deviceId of ['ana', 'budi']) await server.createDevice(deviceId, { tags: [deviceId] });
  const { text } = await server.api.get('/openapi.json');
  const { paths }: { paths: Record<string, Record<string, { security: object[]; 'x-scope'?: string }>> } =
    JSON.parse(text);
  routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { security, 'x-scope': scope }]) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{(\w+)\}/g, (whole, name: string) => NAMES[name] ?? whole),
      isPublic: security.length === 0,
      scope,
    })),
  );
});
afterAll(() => server.stop());

/** Calls every route that needs a key, with a body where one may be, and tells how each answered. */
async function knockEverywhere(api: Api, which: (route: Route) => boolean = () => true) {
  const answers = new Set<string>();
  for (const { method, path } of routes.filter((route) => !route.isPublic && which(route))) {
    const body =
      method === 'GET' || method === 'DELETE' ? undefined : { deviceId: 'budi', phone: '0812345678' };
    const { status, code, headers } = await api.call({ method, path, body });
    answers.add(`${status} ${code}`);
    if (status === 401) expect(headers.get('www-authenticate')).toContain('Bearer');
  }
  return [...answers];
}

describe('every route that is not public', () => {
  it('wants a key', async () => {
    expect(routes.filter(({ isPublic }) => !isPublic).length).toBeGreaterThan(25);
    expect(routes.filter(({ isPublic }) => isPublic).map(({ path }) => path)).toEqual([
      '/health',
      '/ready',
      '/api/auth/session',
      '/api/auth/setup',
      '/api/auth/login',
      '/api/auth/logout',
    ]);
    expect(await knockEverywhere(server.api.as(null))).toEqual(['401 UNAUTHORIZED']);
  });

  it('wants its scope', async () => {
    for (const scope of SCOPES) {
      const others = await server.keyFor({ scopes: SCOPES.filter((each) => each !== scope) });
      const refused = await knockEverywhere(others, (route) => route.scope === scope);
      expect(refused, scope).toEqual(['403 FORBIDDEN']);
    }
    const powerless = await server.keyFor({ scopes: ['report:read'] });
    const everyone = await server.keyFor({ scopes: SCOPES });
    expect(await knockEverywhere(everyone, ({ path }) => path.startsWith('/api/auth'))).toEqual([
      '403 FORBIDDEN',
    ]);
    expect((await powerless.get('devices')).details).toEqual({ needs: 'device:read' });
  });

  it('does not know a device outside the list of the key', async () => {
    const limited = await server.keyFor({ scopes: SCOPES, deviceIds: ['ana'] });
    const ofDevice = await knockEverywhere(limited, ({ path }) => path.includes('/budi'));
    expect(ofDevice).toEqual(['404 DEVICE_NOT_FOUND']);
    expect(await limited.post('devices', { deviceId: 'budi' })).toMatchObject({ status: 404 });
    expect(await limited.post('devices', { deviceId: 'dewi' })).toMatchObject({ status: 404 });
    expect(await limited.get('events?deviceId=budi')).toMatchObject({ status: 404 });
    expect((await limited.get('devices')).data).toMatchObject({
      items: [{ deviceId: 'ana' }],
      total: 1,
      counts: { created: 1 },
    });
    expect((await limited.get('devices?search=budi')).data).toMatchObject({ items: [], total: 0 });
    expect((await limited.post('devices/restore')).data).toMatchObject({ results: [{ deviceId: 'ana' }] });
    expect((await limited.patch('devices/ana', { tags: ['mine'] })).status).toBe(200);
    expect((await server.api.get('devices/budi')).data).toMatchObject({ tags: ['budi'] });
  });
});

describe('a key', () => {
  it('works in either header, and never in the address', async () => {
    const nobody = server.api.as(null);
    const call = (headers: Record<string, string>) =>
      nobody.call({ method: 'GET', path: 'devices', headers });
    expect((await call({ 'x-api-key': ADMIN_KEY })).status).toBe(200);
    expect((await call({ authorization: `bearer ${ADMIN_KEY}` })).status).toBe(200);
    expect((await call({ authorization: `Basic ${btoa(`x:${ADMIN_KEY}`)}` })).status).toBe(401);
    for (const name of ['token', 'api_key', 'key', 'access_token']) {
      const answer = await nobody.get(`devices?${name}=${ADMIN_KEY}`);
      expect(answer).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
      expect(answer.text).not.toContain(ADMIN_KEY);
    }
  });

  it.each(['guess', `${ADMIN_KEY}x`, ADMIN_KEY.slice(1), 'é', 'x'.repeat(5000)])(
    '%j is none',
    async (key) => {
      const headers = { 'x-api-key': encodeURIComponent(key) };
      const answer = await server.api.as(null).call({ method: 'GET', path: 'devices', headers });
      expect(answer).toMatchObject({ status: 401, code: 'API_KEY_INVALID' });
    },
  );

  it('ends when it expires, and works again when its time is prolonged', async () => {
    const key = await server.keyFor({ scopes: ['device:read'] });
    const expire = (expiresAt: string | null) =>
      server.api.put(`/api/auth/tokens/${key.tokenId}`, { expiresAt });
    expect((await key.get('devices')).status).toBe(200);
    expect((await expire('2020-01-01T00:00:00Z')).data).toMatchObject({ status: 'expired' });
    expect(await key.get('devices')).toMatchObject({ status: 401, code: 'API_KEY_INVALID' });
    expect((await expire('2099-01-01T00:00:00+07:00')).data).toMatchObject({ status: 'active' });
    expect((await key.get('devices')).status).toBe(200);
    expect(await expire('tomorrow')).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('ends for good when it is revoked; twice is harmless', async () => {
    const key = await server.keyFor({ scopes: ['device:read'] });
    for (let time = 0; time < 2; time += 1) {
      const answer = await server.api.delete(`/api/auth/tokens/${key.tokenId}`);
      expect(answer).toMatchObject({ status: 200, data: { status: 'revoked' } });
    }
    expect(await key.get('devices')).toMatchObject({ status: 401, code: 'API_KEY_INVALID' });
    expect(await server.api.delete('/api/auth/tokens/nobody')).toMatchObject({
      status: 404,
      code: 'API_KEY_NOT_FOUND',
    });
  });

  it('may less at once when its scopes are taken', async () => {
    const key = await server.keyFor({ scopes: ['device:read', 'device:manage'] });
    expect((await key.patch('devices/ana', { tags: ['a'] })).status).toBe(200);
    await server.api.put(`/api/auth/tokens/${key.tokenId}`, { scopes: ['device:read'] });
    expect(await key.patch('devices/ana', { tags: ['b'] })).toMatchObject({ status: 403 });
    await server.api.put(`/api/auth/tokens/${key.tokenId}`, { deviceIds: ['budi'] });
    expect(await key.get('devices/ana')).toMatchObject({ status: 404 });
  });

  it('is shown once and stored hashed', async () => {
    const key = await server.keyFor({ scopes: ['device:read'] });
    const { text } = await server.api.get('/api/auth/tokens');
    expect(text).not.toContain(key.key);
    expect(text).not.toContain(ADMIN_KEY);
    expect(text).not.toMatch(/hash/i);
  });

  it.each([
    [{ name: 'x', scopes: [] }, 'no scope'],
    [{ name: 'x', scopes: ['everything'] }, 'an unknown scope'],
    [{ scopes: ['admin'] }, 'no name'],
    [{ name: 'x', scopes: ['admin'], deviceIds: ['ana'] }, 'an administrator for one device'],
    [{ name: 'x', scopes: ['device:read'], deviceIds: [] }, 'no device at all'],
    [{ name: 'x', scopes: ['device:read'], deviceIds: ['a'] }, 'no device id'],
  ])('%j is refused: %s', async (order: object, _why: string) => {
    expect(await server.api.post('/api/auth/tokens', order)).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
  });
});
