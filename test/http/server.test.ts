import { describe, expect, it } from 'vitest';
import { startTestServer, withKey } from '../support/http.ts';
import { sampleRoutes } from '../support/sample-routes.ts';

const headers = withKey('admin-key');

describe('the envelope', () => {
  it('tells the time of the configured zone', async () => {
    const clock = { now: () => new Date('2026-03-01T18:30:05Z'), monotonic: () => 0 };
    const timers = { after: () => ({ cancel() {} }), every: () => ({ cancel() {} }) };
    await using server = await startTestServer({ routes: sampleRoutes, clock: { ...clock, ...timers } });
    const response = await server.app.inject({ url: '/devices/dev-1', headers });
    expect(response.json()).toEqual({
      success: true,
      message: 'OK',
      data: { name: 'dev-1' },
      timestamp: '2026-03-02 01:30:05',
    });
  });

  it('lets only the fields of the schema out', async () => {
    await using server = await startTestServer({ routes: sampleRoutes });
    const response = await server.app.inject({ url: '/devices/dev-1', headers });
    expect(response.body).not.toContain('must not leave');
  });
});

describe('request ids', () => {
  const cases: [string, string | undefined, boolean][] = [
    ['are made when the caller brings none', undefined, false],
    ['are kept when sane', 'order-17.retry_2', true],
    ['are replaced when they could break a log', 'a"\t{evil}', false],
    ['are replaced when too long', 'x'.repeat(65), false],
  ];
  it.each(cases)('%s', async (_name, brought, kept) => {
    await using server = await startTestServer();
    const response = await server.app.inject({
      url: '/health',
      headers: brought === undefined ? {} : { 'x-request-id': brought },
    });
    const id = response.headers['x-request-id'];
    if (kept) expect(id).toBe(brought);
    else expect(id).toMatch(/^[0-9A-Z]{26}$/);
  });
});

describe('bodies', () => {
  it.each(['', undefined])('an empty JSON body counts as none', async (body) => {
    await using server = await startTestServer({ routes: sampleRoutes });
    const response = await server.app.inject({
      method: 'POST',
      url: '/devices/dev-1/connect',
      headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.json().data).toEqual({ body: null });
  });
});

describe('routes and scopes', () => {
  it('a route without a scope stops the boot', async () => {
    const boot = startTestServer({
      routes: (api) => {
        api.get('/forgotten', async () => 'x');
      },
    });
    await expect(boot).rejects.toThrow('route GET /forgotten declares no scope');
  });

  it('so does one in a plugin of a feature', async () => {
    const boot = startTestServer({
      routes: (api) => {
        api.register(async (feature) => feature.post('/deep', { config: {} }, async () => 'x'), {
          prefix: '/api',
        });
      },
    });
    await expect(boot).rejects.toThrow('route POST /api/deep declares no scope');
  });

  it('the table names method, path and scope of each', async () => {
    await using server = await startTestServer({
      routes: (api) => {
        api.put('/one/:id', { config: { scope: 'admin' } }, async () => 'x');
      },
    });
    expect(server.routeTable().map(({ method, path, scope }) => `${method} ${path} ${scope}`)).toEqual([
      'GET /docs public',
      'GET /docs/favicon-32x32.png public',
      'GET /docs/start.js public',
      'GET /docs/swagger-ui-bundle.js public',
      'GET /docs/swagger-ui.css public',
      'GET /health public',
      'PUT /one/:id admin',
      'GET /openapi.json public',
      'GET /ready public',
    ]);
  });
});

describe('browsers', () => {
  it('get a content security policy without inline scripts', async () => {
    await using server = await startTestServer();
    const policy = (await server.app.inject('/docs')).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
  });

  it('of listed origins may call, others are told nothing', async () => {
    await using server = await startTestServer({
      routes: sampleRoutes,
      settings: { corsOrigins: ['https://panel.example'] },
    });
    const preflight = (origin: string) =>
      server.app.inject({
        method: 'OPTIONS',
        url: '/devices',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://panel.example');
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://panel.example');
    expect(String(allowed.headers['access-control-allow-headers']).split(', ')).toEqual(
      expect.arrayContaining([
        'authorization',
        'idempotency-key',
        'token',
        'x-api-key',
        'x-backup-passphrase',
      ]),
    );
    expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('get no cross-origin headers at all by default', async () => {
    await using server = await startTestServer({ routes: sampleRoutes });
    const response = await server.app.inject({
      url: '/devices/dev-1',
      headers: { ...headers, origin: 'https://a.b' },
    });
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
