import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRoutes } from '../../src/system/system-routes.ts';
import { createSystemService, type SystemDeps } from '../../src/system/system-service.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { createLogRecorder, startTestServer, withKey } from '../support/http.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  for (const deviceId of ['ana', 'budi']) await server.createDevice(deviceId);
});
afterAll(() => server.stop());

interface System {
  readonly version: string;
  readonly details: { readonly process: { readonly rssBytes: number }; readonly node: string } | null;
}

describe('GET /system of a running server', () => {
  it('tells an administrator how it is run and how it is', async () => {
    await server.api.post('devices/ana/send-message?queue=true', { to: '6281200000009', message: 'waits' });
    const { status, data } = await server.api.get<System>('system');
    expect(status).toBe(200);
    expect(data).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      uptime: expect.any(Number),
      sandbox: false,
      checks: ['database', 'migrations', 'wakeups'].map((name) => ({ name, ok: true, why: null })),
      devices: { total: 2, byStatus: { created: 2 } },
      outbox: { queued: 1, sending: 0, held: 0, oldestDueOfConnectedMs: 0 },
      jobs: {},
      warnings: [],
      details: {
        node: process.version,
        role: 'all',
        mode: { database: 'sqlite', wakeups: 'in-process' },
        whatsAppVersion: expect.stringMatching(/^2\.3000\.\d+$/),
        webhooks: {},
        events: { last: expect.any(Number) },
        media: { usedBytes: 0, quotaBytes: expect.any(Number) },
        process: { heapUsedBytes: expect.any(Number), loopLagMs: expect.any(Number) },
        configurationWarnings: [],
      },
    });
    expect(data.details?.process.rssBytes).toBeGreaterThan(10_000_000);
  });

  it('tells those who may read devices nothing of how it is run', async () => {
    const reader = await server.keyFor({ scopes: ['device:read'] });
    const { status, data } = await reader.get<System>('system');
    expect(status).toBe(200);
    expect(data).toMatchObject({ devices: { total: 2 }, outbox: { queued: 1 }, details: null });
  });

  it('tells those who have some devices of these only', async () => {
    const limited = await server.keyFor({ scopes: ['device:read'], deviceIds: ['budi'] });
    const { data } = await limited.get<System>('system');
    expect(data).toMatchObject({
      devices: { total: 1, byStatus: { created: 1 } },
      outbox: null,
      jobs: null,
      details: null,
    });
  });

  it('is not for those who may not read devices', async () => {
    const sender = await server.keyFor({ scopes: ['message:send'] });
    expect(await sender.get('system')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await server.api.as(null).get('system')).status).toBe(401);
  });
});

const away = async (): Promise<never> => {
  throw new Error('connect ECONNREFUSED 10.0.0.7:3306');
};

/** Everything is well, unless the test says otherwise. */
function systemWith(deps: Partial<SystemDeps>) {
  const clock = createManualClock();
  const system = createSystemService({
    about: {
      version: '1.2.3',
      sandbox: true,
      node: 'v24.0.0',
      role: 'api',
      mode: { database: 'mysql', wakeups: 'redis' },
      configurationWarnings: ['two keys are set'],
      mediaQuotaBytes: 1_000,
    },
    checks: {},
    devices: { list: async () => ({ items: [], counts: {} }) },
    figures: async () => ({ outbox: null, jobs: { processing: 2 }, webhooks: { failing: 1 } }),
    stored: async () => ({ lastEvent: 7, mediaBytes: 900 }),
    whatsAppVersion: async () => null,
    memory: () => ({ rss: 3, heapUsed: 2 }),
    lag: { worstMs: () => 12 },
    clock,
    log: silentLogger,
    ...deps,
  });
  return { system, clock };
}

async function startWith(deps: Partial<SystemDeps>) {
  const { system, clock } = systemWith(deps);
  const http = await startTestServer({
    keys: { reader: { scopes: ['device:read'] } },
    routes: (api) => void api.register(systemRoutes, { prefix: '/api', system }),
  });
  const ask = async (key: string) => {
    const answer = await http.app.inject({ method: 'GET', url: '/api/system', headers: withKey(key) });
    return { status: answer.statusCode, headers: answer.headers, data: answer.json().data };
  };
  return { ...http, ask, clock };
}

describe('GET /system while something is wrong', () => {
  it('answers without what is not known, and says why to administrators only', async () => {
    const { log, lines } = createLogRecorder();
    await using http = await startWith({
      checks: { database: away, wakeups: async () => {} },
      devices: { list: away },
      figures: away,
      stored: async () => null,
      whatsAppVersion: away,
      log,
    });
    const admin = await http.ask('admin-key');
    expect(admin.status).toBe(200);
    expect(admin.headers['cache-control']).toBe('no-store');
    expect(admin.data).toMatchObject({
      checks: [
        { name: 'database', ok: false, why: 'connect ECONNREFUSED 10.0.0.7:3306' },
        { name: 'wakeups', ok: true, why: null },
      ],
      devices: null,
      outbox: null,
      jobs: null,
      details: { whatsAppVersion: null, webhooks: null, events: { last: null }, media: { usedBytes: null } },
    });
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn']);

    const { data } = await http.ask('reader');
    expect(data.checks[0]).toEqual({ name: 'database', ok: false, why: null });
    expect(JSON.stringify(data)).not.toContain('10.0.0.7');
  });

  it('has figures, storage, process and the age of it', async () => {
    await using http = await startWith({});
    http.clock.advance(61_900);
    const { data } = await http.ask('admin-key');
    expect(data).toMatchObject({ uptime: 61, sandbox: true, jobs: { processing: 2 } });
    expect(data.details).toEqual({
      node: 'v24.0.0',
      role: 'api',
      mode: { database: 'mysql', wakeups: 'redis' },
      whatsAppVersion: null,
      webhooks: { failing: 1 },
      events: { last: 7 },
      media: { usedBytes: 900, quotaBytes: 1_000 },
      process: { rssBytes: 3, heapUsedBytes: 2, loopLagMs: 12 },
      configurationWarnings: ['two keys are set'],
    });
  });
});
