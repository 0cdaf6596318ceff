import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const DEVICES = '/api/whatsapp-multi-device/devices';

/** What the contract promises of the foundation; more may stand beside. */
const ROUTES = [
  `GET ${DEVICES}`,
  `POST ${DEVICES}`,
  `GET ${DEVICES}/connected`,
  `GET ${DEVICES}/connected/detail`,
  `POST ${DEVICES}/restore`,
  `GET ${DEVICES}/{deviceId}`,
  `PATCH ${DEVICES}/{deviceId}`,
  `DELETE ${DEVICES}/{deviceId}`,
  `GET ${DEVICES}/{deviceId}/status`,
  `POST ${DEVICES}/{deviceId}/connect`,
  `POST ${DEVICES}/{deviceId}/restart`,
  `POST ${DEVICES}/{deviceId}/restore`,
  `DELETE ${DEVICES}/{deviceId}/disconnect`,
  `POST ${DEVICES}/{deviceId}/cancel-and-wipe`,
  `DELETE ${DEVICES}/{deviceId}/session`,
  `GET ${DEVICES}/{deviceId}/qr`,
  `GET ${DEVICES}/{deviceId}/qr-image`,
  `GET ${DEVICES}/{deviceId}/qr-base64`,
  `POST ${DEVICES}/{deviceId}/pairing-code`,
  `GET ${DEVICES}/{deviceId}/ws`,
  `GET ${DEVICES}/{deviceId}/messages`,
  `GET ${DEVICES}/{deviceId}/messages/{messageId}`,
  `POST ${DEVICES}/{deviceId}/send-message`,
  'GET /api/whatsapp-multi-device/events',
  'GET /api/auth/tokens',
  'POST /api/auth/tokens',
  'PUT /api/auth/tokens/{tokenId}',
  'DELETE /api/auth/tokens/{tokenId}',
  'GET /health',
  'GET /ready',
];

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

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

describe('/health', () => {
  it('has the fields that monitors of one device look for, and follows the device', async () => {
    const anonymous = server.api.as(null);
    const look = async (api = anonymous) => JSON.parse((await api.get('/health')).text);
    expect(await look()).toMatchObject({
      status: 'ok',
      service: 'wafleet',
      port: Number(new URL(server.url).port),
      uptime: expect.any(Number),
      connection: { status: 'disconnected', hasSession: false, connected: false },
      recipients: 0,
      memory: { used: expect.any(Number), total: expect.any(Number), unit: 'MB' },
      success: true,
      data: { status: 'ok' },
    });
    await server.createDevice('ana');
    expect(await look()).toMatchObject({ connection: { status: 'created' } });
    await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
    const connected = { status: 'connected', hasSession: true, connected: true };
    expect(await look()).toMatchObject({
      connection: connected,
      devices: { total: 1, byStatus: { connected: 1 } },
    });
    expect(JSON.stringify(await look())).not.toContain(ANA);
    expect((await look(server.api)).connection).toEqual({ ...connected, phone: ANA });
    await server.api.delete('devices/ana/disconnect?logout=false');
    expect((await look()).connection).toEqual({ status: 'disconnected', hasSession: true, connected: false });
  });

  it('means WA_DEFAULT_DEVICE where there are several', async () => {
    const other = await startServer({ environment: { WA_DEFAULT_DEVICE: 'second' } });
    for (const deviceId of ['first', 'second']) await other.createDevice(deviceId);
    const { connection } = JSON.parse((await other.api.as(null).get('/health')).text);
    expect(connection).toEqual({ status: 'created', hasSession: false, connected: false });
    await other.stop();
  });
});

it('/ready says that the database is there', async () => {
  const answer = await server.api.as(null).get('/ready');
  expect(answer).toMatchObject({ status: 200, data: { ready: true, checks: { database: 'ok' } } });
});

describe('/openapi.json', () => {
  const operations = async () => {
    const { text, status } = await server.api.as(null).get('/openapi.json');
    expect(status).toBe(200);
    const document: { openapi: string; paths: Record<string, Record<string, Operation>> } = JSON.parse(text);
    const all = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase(),
        operation,
      })),
    );
    return { document, text, all };
  };

  it('lists every route of the contract, and only what is there', async () => {
    const { all } = await operations();
    const listed = all.map(({ method, path }) => `${method} ${path}`);
    expect(listed).toEqual(expect.arrayContaining(ROUTES));
    for (const { method, path } of all) {
      const { code } = await server.api
        .as(null)
        .call({ method, path: path.replaceAll(/\{\w+\}/g, 'nobody') });
      expect(`${method} ${path} ${code}`).not.toMatch(/ROUTE_NOT_FOUND|METHOD_NOT_ALLOWED/);
    }
  });

  it('is whole: references resolve, parameters are declared, names are unique', async () => {
    const { document, text, all } = await operations();
    expect(document.openapi).toMatch(/^3\.1\./);
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer.split('/').reduce<unknown>((node, name) => Object(node)[name], document);
      expect(target, pointer).toBeTypeOf('object');
    }
    const names = all.map(({ operation }) => operation.operationId);
    expect(names).toEqual([...new Set(names)]);
    for (const { path, operation } of all) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? [])
        .filter((each) => each.in === 'path')
        .map(({ name }) => name);
      expect(declared.sort(), path).toEqual(inPath.sort());
      expect(Object.keys(operation.responses).length, path).toBeGreaterThan(0);
    }
  });
});

it('/docs loads everything from here, and the browser is told to', async () => {
  const anonymous = server.api.as(null);
  const page = await anonymous.get('/docs');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const addresses = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(new URL(address, server.url).origin).toBe(server.url);
    expect((await anonymous.get(address)).status).toBe(200);
  }
  expect((await anonymous.get('/docs/start.js')).text).not.toMatch(/https?:\/\//);
});
