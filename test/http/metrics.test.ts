import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { METRICS } from '../../src/metrics/metric-catalogue.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A line of the text format: a comment, or a name, labels and a number. */
const LINE =
  /^(# (HELP|TYPE) \S+ .+|[a-z_:][\w:]*(\{([a-z_]\w*="[^"\n]*",?)*\})? (-?[\d.e+-]+|NaN|[+-]Inf))$/i;

const PATH = '/metrics';

describe('/metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  const scrape = async (api = server.api) => api.call({ method: 'GET', path: PATH });

  it('is the administrator’s', async () => {
    expect((await scrape(server.api.as(null))).code).toBe('UNAUTHORIZED');
    expect((await scrape(server.api.as('guess'))).code).toBe('API_KEY_INVALID');
    const reader = await server.keyFor({ scopes: ['device:read', 'report:read'] });
    expect((await scrape(reader)).code).toBe('FORBIDDEN');
    const inAddress = await server.api
      .as(null)
      .call({ method: 'GET', path: `${PATH}?token=${server.api.key}` });
    expect(inAddress.status).toBe(401);
  });

  it('has every metric of ours, in the text format, for nobody to keep', async () => {
    const { status, headers, text } = await scrape();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers.get('cache-control')).toBe('no-store');
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line !== '' && !LINE.test(line))).toEqual([]);
    for (const { name, type } of Object.values(METRICS)) expect(lines).toContain(`# TYPE ${name} ${type}`);
  });

  it('names labels that are listed, and neither devices, numbers nor keys', async () => {
    // Counts of rows hold for five seconds: nobody may have asked this one before.
    const fresh = await startServer();
    onTestFinished(() => fresh.stop());
    const { api } = fresh;
    await fresh.createDevice('ana-of-accounting');
    await api.get('devices/ana-of-accounting');
    await api.get('devices/an-unknown-one');
    await api.post('devices/ana-of-accounting/send-message?queue=true', {
      to: '+6281298765432',
      message: 'a secret text',
    });
    await api.get('/no-such-path/6281298765432');
    const { text } = await scrape(api);
    const ours = text.split('\n').filter((line) => line.startsWith('wafleet_'));
    expect(ours.join('\n')).toContain(
      'wafleet_outbox_messages{status="queued",source="single",device_status="created"} 1',
    );
    expect(text).not.toMatch(/ana-of|an-unknown|81298765432|whatsapp\.net|secret|no-such-path/);
    expect(text).not.toContain(api.key);
    const listed = new Set<string>(Object.values(METRICS).flatMap(({ labels }) => labels));
    const used = ours.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? ''));
    expect([...new Set(used)].filter((label) => label !== 'le' && !listed.has(label))).toEqual([]);
  });

  it('counts a request by its pattern', async () => {
    await server.createDevice('ana');
    await server.api.get('devices/ana');
    await server.api.get('devices/an-unknown-one');
    await server.api.get('/no-such-path/6281298765432');
    const { text } = await scrape();
    const route = '/api/whatsapp-multi-device/devices/:deviceId';
    expect(text).toContain(`wafleet_http_requests_total{method="GET",route="${route}",status="200"} 1`);
    expect(text).toContain(`wafleet_http_requests_total{method="GET",route="${route}",status="404"} 1`);
    expect(text).toContain('wafleet_http_requests_total{method="GET",route="(none)",status="404"} 1');
  });
});
