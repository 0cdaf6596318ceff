import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient } from '../support/client.ts';
import { openSocket } from '../support/live.ts';
import { createLiar, downloadFrom, mediaEnvironment } from '../support/received-media.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const MALLORY = '6281200000004';
const NOBODY = '6281277777777';
const SENT = 'the recipe of the secret sauce';
const RECEIVED = 'the answer nobody else may read';
const REFUSED = 'a text that WhatsApp refuses';
const PROXY_PASSWORD = 'hunter2-of-the-proxy';

let simulator: TestSimulator;
let server: ServerProcess;
let client: Client;
/** What must not be found, by what it is. */
const secrets = new Map<string, string>([
  ['number of Ana', ANA],
  ['number of Budi', BUDI],
  ['number of Citra', CITRA],
  ['number of nobody', NOBODY],
  ['sent text', SENT],
  ['received text', RECEIVED],
  ['refused text', REFUSED],
  ['proxy password', PROXY_PASSWORD],
  ['administrator key', ADMIN_KEY],
]);

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = startServerProcess({
    simulator,
    environment: { ...mediaEnvironment(simulator), LOG_LEVEL: 'debug' },
  });
  client = await connectClient({ url: await server.waitReady(), key: ADMIN_KEY });
  await pairBoth();
  await exchange();
  await lookAtPictures();
  await stumble();
  client.close();
  await server.kill();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await simulator.close();
});

/** One by QR code, one by pairing code. */
async function pairBoth() {
  await client.createDevice('ana');
  const qr = await client.showQr('ana');
  const [, parts = ''] = qr.split('#');
  for (const [index, part] of parts.split(',').entries()) {
    if (part.length > 20) secrets.set(`part ${index} of the QR`, part);
  }
  await client.api.get('devices/ana/qr-image');
  await simulator.phone(ANA, 'Ana').scanQr(qr);
  await client.waitForStatus('ana', 'connected');
  await client.createDevice('budi');
  secrets.set('pairing code', await client.pairByCode('budi', simulator.phone(BUDI, 'Budi')));
  for (const number of [ANA, BUDI]) {
    secrets.set(`LID of ${number}`, `${simulator.core.findAccount(number)?.lid}`.replace(/@.*/, ''));
  }
}

async function exchange() {
  const budi = simulator.phone(BUDI);
  await client.api.post('devices/ana/send-message', { to: BUDI, message: SENT });
  await waitForMessage(budi, ({ text }) => text === SENT);
  const from = client.events.length;
  await simulator.phone(CITRA, 'Citra').sendText(ANA, RECEIVED);
  await client.waitForEvent(({ type, deviceId }) => type === 'message' && deviceId === 'ana', from);
  simulator.faults.add({ kind: 'corrupt-ciphertext', times: 1, target: { phoneNumber: ANA } });
  await simulator.phone(CITRA).sendText(ANA, `${RECEIVED} again`);
  await client.waitForEvent((event) => JSON.stringify(event).includes(`${RECEIVED} again`), from);
}

/** One that is there, and one that neither WhatsApp nor the phone has. */
async function lookAtPictures() {
  simulator.phone(MALLORY, 'Mallory');
  const liar = await createLiar(simulator, MALLORY);
  for (const [name, path] of [
    ['file', null],
    ['lost file', `/v/${'0'.repeat(64)}`],
  ] as const) {
    const id = await liar.send(ANA, (image) => {
      const directPath = path ?? image.directPath ?? '';
      const key = Buffer.from(image.mediaKey ?? []);
      secrets.set(`key of the ${name} in base64`, key.toString('base64'));
      secrets.set(`key of the ${name} in hex`, key.toString('hex'));
      secrets.set(`key of the ${name} in bytes`, key.toString('latin1'));
      secrets.set(`where the ${name} is`, directPath);
      return { ...image, directPath };
    });
    await client.waitForEvent((event) => event.type === 'message' && JSON.stringify(event).includes(id));
    const { status } = await downloadFrom(client, `/api/whatsapp-multi-device/devices/ana/media/${id}`);
    expect(status).toBe(path === null ? 200 : 410);
  }
  await liar.companion.stop();
}

/** The ways in which things fail, each of which writes a line. */
async function stumble() {
  simulator.faults.add({ kind: 'nack', code: '463', times: 1, target: { phoneNumber: ANA } });
  await client.api.post('devices/ana/send-message', { to: CITRA, message: REFUSED });
  await client.api.post('devices/ana/send-message', { to: NOBODY, message: REFUSED });
  await client.api.post('devices/ana/send-message', { to: `x${CITRA}`, message: REFUSED });
  await client.api.post('devices/ana/send-message', { to: [CITRA], message: { text: REFUSED } });
  await client.api.get(`devices/${CITRA}@s.whatsapp.net`);
  await client.api.get(`devices?search=${CITRA}`);
  const { data } = await client.api.post<{ token: string }>('/api/auth/tokens', {
    name: 'a clerk',
    scopes: ['device:read'],
  });
  secrets.set('key of the clerk', data.token);
  await client.api.as(data.token).post('devices/ana/connect');
  await client.api.as(`${data.token}x`).get('devices');
  const proxyUrl = `socks5://clerk:${PROXY_PASSWORD}@127.0.0.1:1`;
  await client.createDevice('proxied', { proxyUrl });
  await client.api.post('devices/proxied/connect');
  await client.waitForStatus('proxied', 'error');
  simulator.faults.add({ kind: 'drop-tcp', at: 'message', times: 1, target: { phoneNumber: ANA } });
  await client.api.post('devices/ana/send-message', { to: CITRA, message: REFUSED });
  await client.waitForStatus('ana', 'connected');
  await client.api.delete('devices/budi/disconnect');
  await client.api.post('devices/budi/cancel-and-wipe');
}

describe('what the server writes', () => {
  it('to its output holds no number, text, code or key, at the most talkative level', () => {
    const output = server.lines.all.join('\n') + server.complaints();
    expect(server.lines.all.length).toBeGreaterThan(40);
    // The search finds what is there.
    expect(output).toContain('"deviceId":"ana"');
    for (const [name, secret] of secrets) {
      expect(secret.length, name).toBeGreaterThan(7);
      const line = output.split('\n').find((each) => each.includes(secret));
      expect(line, name).toBeUndefined();
    }
    expect(server.complaints()).toBe('');
  });

  it('to its output are lines of JSON that name no person in another way', () => {
    for (const line of server.lines.all) {
      expect(() => JSON.parse(line), line).not.toThrow();
      expect(line).not.toMatch(/@s\.whatsapp\.net|@lid|data:image|wa\.me/);
    }
  });

  it('to its data folder holds no key and no password in the clear', () => {
    const hidden = [...secrets].filter(([name]) => /key|password|QR|code/.test(name));
    expect(hidden.length).toBeGreaterThan(5);
    for (const file of readdirSync(server.dataDir).filter((each) => each.startsWith('wafleet.db'))) {
      const bytes = readFileSync(join(server.dataDir, file), 'latin1');
      for (const [name, secret] of hidden) expect(bytes.includes(secret), `${name} in ${file}`).toBe(false);
    }
  });
});

describe('what the server tells', () => {
  it('of a proxy is only that there is one', async () => {
    await using again = startServerProcess({ simulator, dataDir: server.dataDir });
    const url = await again.waitReady();
    const caller = await connectClient({ url, key: ADMIN_KEY });
    const socket = await openSocket(caller.api, 'proxied');
    await socket.next(({ type }) => type === 'status');
    await caller.api.post('devices/proxied/restart');
    await socket.next(({ status, cause }) => status === 'error' && JSON.stringify(cause).includes('proxy'));
    const paths = ['devices', 'devices/proxied', 'devices/proxied/status', '/health', '/api/auth/tokens'];
    const told = await Promise.all(paths.map(async (path) => (await caller.api.get(path)).text));
    const patched = await caller.api.patch('devices/proxied', { tags: ['x'] });
    const wrong = await caller.api.patch('devices/proxied', { proxyUrl: `gopher://${PROXY_PASSWORD}@x` });
    expect(wrong.code).toBe('VALIDATION_FAILED');
    const everything = [...told, patched.text, wrong.text, JSON.stringify([socket.all, caller.events])].join(
      '\n',
    );
    expect(everything).not.toContain(PROXY_PASSWORD);
    expect(everything).not.toContain('socks5://');
    expect(patched.data).toMatchObject({ hasProxy: true });
    const removed = await caller.api.patch('devices/proxied', { proxyUrl: null });
    expect(removed.data).toMatchObject({ hasProxy: false });
    socket.close();
    caller.close();
  });
});
