import { describe, expect, it } from 'vitest';
import { apiKeyRoutes } from '../../src/access/api-key-routes.ts';
import { startApiKeys } from '../support/api-keys.ts';
import { startTestServer, withKey } from '../support/http.ts';

/** The routes on the real service, called by a key of that service. */
async function start() {
  const { service, clock } = startApiKeys();
  const admin = await service.issue({ name: 'admin', scopes: ['admin'], deviceIds: null, expiresAt: null });
  const server = await startTestServer({
    authenticate: service.authenticate,
    onKeyChanged: service.onChanged,
    clock,
    routes: (api) => {
      api.register(apiKeyRoutes, { prefix: '/api/auth', apiKeys: service, clock });
    },
  });
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    key = admin.secret,
  ) => {
    const url = `/api/auth/tokens${path}`;
    const response = await server.app.inject({ method, url, headers: withKey(key), ...(body && { body }) });
    return { status: response.statusCode, text: response.body, ...response.json() };
  };
  return { ...server, call, clock, admin, service };
}

const order = { name: 'panel', scopes: ['device:read'] };

describe('/api/auth/tokens', () => {
  it('creates a token, shows it this once, and it works', async () => {
    await using server = await start();
    const made = await server.call('POST', '', { ...order, expiresAt: '2027-01-01T00:00:00+07:00' });
    expect(made.status).toBe(201);
    expect(made.data).toMatchObject({
      status: 'active',
      expiresAt: '2026-12-31T17:00:00.000Z',
      deviceIds: null,
    });
    const { token } = made.data;
    expect((await server.call('GET', '', undefined, token)).error.code).toBe('FORBIDDEN');
    const listed = await server.call('GET', '');
    expect(listed.data.total).toBe(2);
    expect(listed.text).not.toContain(token);
    expect(listed.text).not.toMatch(/hash/i);
  });

  it('changes only what is named', async () => {
    await using server = await start();
    const { data } = await server.call('POST', '', { ...order, deviceIds: ['dev-1'] });
    const changed = await server.call('PUT', `/${data.tokenId}`, { name: 'screen' });
    expect(changed.data).toMatchObject({ name: 'screen', scopes: ['device:read'], deviceIds: ['dev-1'] });
    const freed = await server.call('PUT', `/${data.tokenId}`, { deviceIds: null });
    expect(freed.data.deviceIds).toBeNull();
  });

  it('revokes at once, twice is harmless, and the row stays', async () => {
    await using server = await start();
    const { data } = await server.call('POST', '', { ...order, scopes: ['admin'] });
    expect((await server.call('GET', '', undefined, data.token)).status).toBe(200);
    expect((await server.call('DELETE', `/${data.tokenId}`)).data.status).toBe('revoked');
    expect((await server.call('DELETE', `/${data.tokenId}`)).status).toBe(200);
    expect((await server.call('GET', '', undefined, data.token)).error.code).toBe('API_KEY_INVALID');
    expect((await server.call('GET', '')).data.total).toBe(2);
  });

  it('an expired token is refused and listed as expired', async () => {
    await using server = await start();
    const soon = new Date(server.clock.now().getTime() + 1_000).toISOString();
    const { data } = await server.call('POST', '', { ...order, scopes: ['admin'], expiresAt: soon });
    server.clock.advance(1_000);
    expect((await server.call('GET', '', undefined, data.token)).status).toBe(401);
    const { items } = (await server.call('GET', '')).data;
    expect(items.map(({ status }: { status: string }) => status)).toContain('expired');
  });

  const wrong: [string, object][] = [
    ['no name', { scopes: ['admin'] }],
    ['no scope', { name: 'x', scopes: [] }],
    ['an unknown scope', { name: 'x', scopes: ['root'] }],
    ['a wrong deviceId', { ...order, deviceIds: ['../x'] }],
    ['a list of no devices', { ...order, deviceIds: [] }],
    ['a wrong time', { ...order, expiresAt: 'soon' }],
    ['an administrator limited to devices', { name: 'x', scopes: ['admin'], deviceIds: ['dev-1'] }],
  ];
  it.each(wrong)('refuses %s and makes nothing', async (_name, body) => {
    await using server = await start();
    const refused = await server.call('POST', '', body);
    expect([refused.status, refused.error.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect((await server.call('GET', '')).data.total).toBe(1);
  });

  it('a token nobody has is 404', async () => {
    await using server = await start();
    expect((await server.call('DELETE', '/nobody')).error.code).toBe('API_KEY_NOT_FOUND');
    expect((await server.call('PUT', '/nobody', { name: 'x' })).status).toBe(404);
  });
});
