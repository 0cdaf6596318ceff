import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useMultiFileAuthState } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import type { DeviceAnswer } from '../support/client.ts';
import { createCompanion } from '../support/companion.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';
import { type ZipEntry, zipOf } from '../support/zip.ts';

const ANA = '6281200000071';
const BUDI = '6281200000072';
const CICI = '6281200000073';
const PASSPHRASE = 'correct horse battery staple';

let simulator: TestSimulator;
let former: TestServer;
let server: TestServer;
/** Of the device `shop`, which Budi wrote to before. */
let backup: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  simulator = await startTestSimulator();
  former = await startServer({ simulator });
  server = await startServer({ simulator });
  await former.createDevice('shop');
  await former.pairByQr('shop', simulator.phone(ANA, 'Ana'));
  await simulator.phone(BUDI, 'Budi').sendText(ANA, 'before the move');
  await former.waitForEvent(({ type }) => type === 'message');
  for (const deviceId of ['moved', 'other', 'folder']) await server.createDevice(deviceId);
});
afterAll(async () => {
  await former.stop();
  await server.stop();
  await simulator.close();
});

async function exported(api: Api, deviceId: string, passphrase: string) {
  const path = `${api.url}/api/whatsapp-multi-device/devices/${deviceId}/session/export`;
  const headers = { authorization: `Bearer ${api.key}`, 'x-backup-passphrase': passphrase };
  const response = await fetch(path, { headers });
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

function imported(
  deviceId: string,
  raw: Uint8Array<ArrayBuffer>,
  { passphrase, api = server.api }: { passphrase?: string; api?: Api } = {},
) {
  return api.call<DeviceAnswer>({
    method: 'POST',
    path: `devices/${deviceId}/session/import`,
    raw,
    headers: {
      'content-type': 'application/octet-stream',
      ...(passphrase !== undefined && { 'x-backup-passphrase': passphrase }),
    },
  });
}

describe('export', () => {
  it('is refused while the device runs, without a session, with a short passphrase or without the scope', async () => {
    const path = 'devices/shop/session/export';
    const withHeader = (headers: Record<string, string>) => former.api.call({ method: 'GET', path, headers });
    expect((await former.api.get(path)).code).toBe('VALIDATION_FAILED');
    expect((await withHeader({ 'x-backup-passphrase': 'short' })).code).toBe('VALIDATION_FAILED');
    expect((await withHeader({ 'x-backup-passphrase': PASSPHRASE })).code).toBe('DEVICE_RUNNING');
    expect((await former.api.get<DeviceAnswer>('devices/shop')).data.isConnected).toBe(true);

    const linker = await former.keyFor({ scopes: ['device:read', 'device:link'] });
    expect((await linker.get(path)).code).toBe('FORBIDDEN');
    const { response } = await exported(server.api, 'moved', PASSPHRASE);
    expect(response.status).toBe(409);
    expect(await server.api.call({ method: 'GET', path: 'devices/nobody/session/export' })).toMatchObject({
      status: 400,
    });
  });

  it('gives an attachment in which nothing can be read', async () => {
    await former.api.delete('devices/shop/disconnect?logout=false');
    const { response, bytes } = await exported(former.api, 'shop', PASSPHRASE);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="session-shop.wafleet"');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(Buffer.from(bytes.subarray(0, 15)).toString()).toBe('WAFLEET-SESSION');
    expect(Buffer.from(bytes).includes(ANA)).toBe(false);
    const again = await exported(former.api, 'shop', PASSPHRASE);
    expect(Buffer.from(again.bytes).equals(bytes)).toBe(false);
    backup = bytes;
  });
});

describe('import', () => {
  it('says what is wrong with a file, and leaves the device without a session', async () => {
    const passphrase = PASSPHRASE;
    const cut = backup.slice(0, -1);
    const changed = backup.slice();
    changed[100] = (changed[100] ?? 0) ^ 1;
    const newer = backup.slice();
    newer[15] = 2;
    const codes = [
      await imported('moved', backup),
      await imported('moved', backup, { passphrase: 'another passphrase' }),
      await imported('moved', cut, { passphrase }),
      await imported('moved', changed, { passphrase }),
      await imported('moved', newer, { passphrase }),
      await imported('moved', backup.slice(0, 20), { passphrase }),
      await imported('moved', new TextEncoder().encode('hello'), { passphrase }),
      await imported('moved', new Uint8Array(), { passphrase }),
      await imported('nobody', backup, { passphrase }),
    ].map(({ code, details }) => [code, details.reason ?? null]);
    expect(codes).toEqual([
      ['BACKUP_PASSPHRASE_WRONG', 'a backup needs its passphrase'],
      ['BACKUP_PASSPHRASE_WRONG', null],
      ['BACKUP_INVALID', 'the file was changed'],
      ['BACKUP_INVALID', 'the file was changed'],
      ['BACKUP_INVALID', 'another version wrote the file'],
      ['BACKUP_INVALID', 'the file is cut short'],
      ['BACKUP_INVALID', 'neither a backup of a session nor a zip'],
      ['VALIDATION_FAILED', null],
      ['DEVICE_NOT_FOUND', null],
    ]);
    const json = await server.api.post('devices/moved/session/import', { file: 'x' });
    expect(json.status).toBe(400);
    const linker = await server.keyFor({ scopes: ['device:read', 'device:link'] });
    expect((await imported('moved', backup, { passphrase, api: linker })).code).toBe('FORBIDDEN');
    expect((await server.api.get<DeviceAnswer>('devices/moved')).data.hasSession).toBe(false);
  });

  it('connects on another server without a QR, and who wrote before is still understood', async () => {
    const { status, data } = await imported('moved', backup, { passphrase: PASSPHRASE });
    expect(status).toBe(200);
    expect(data).toMatchObject({ status: 'disconnected', hasSession: true, phoneNumber: ANA });

    await server.api.post('devices/moved/connect');
    await server.waitForStatus('moved', 'connected');
    await simulator.phone(BUDI).sendText(ANA, 'after the move');
    const { message } = await server.waitForEvent(({ type }) => type === 'message');
    expect(message).toMatchObject({ text: 'after the move', fromMe: false });
    expect(server.events.filter(({ type }) => type === 'qr')).toEqual([]);
  });

  it('is refused where a session is, while the device runs, and for an account that is here already', async () => {
    const passphrase = PASSPHRASE;
    expect((await imported('moved', backup, { passphrase })).code).toBe('DEVICE_RUNNING');
    expect((await imported('other', backup, { passphrase })).code).toBe('ACCOUNT_EXISTS');
    await server.api.delete('devices/moved/disconnect?logout=false');
    expect((await imported('moved', backup, { passphrase })).code).toBe('DEVICE_ALREADY_PAIRED');
    expect((await imported('other', backup, { passphrase })).code).toBe('ACCOUNT_EXISTS');
  });

  it('brings a session back that was wiped here without a word to WhatsApp', async () => {
    const { bytes } = await exported(server.api, 'moved', PASSPHRASE);
    await server.api.post('devices/moved/cancel-and-wipe');
    expect((await server.api.get<DeviceAnswer>('devices/moved')).data.hasSession).toBe(false);
    expect((await imported('moved', bytes, { passphrase: PASSPHRASE })).status).toBe(200);
    await server.api.post('devices/moved/connect');
    await server.waitForStatus('moved', 'connected');
    const from = server.events.length;
    await simulator.phone(BUDI).sendText(ANA, 'after the wipe');
    const { message } = await server.waitForEvent(({ type }) => type === 'message', from);
    expect(message).toMatchObject({ text: 'after the wipe' });
  });
});

describe('a folder of Baileys as a zip', () => {
  let files: ZipEntry[];
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wafleet-zip-'));
    const { state, saveCreds } = await useMultiFileAuthState(folder);
    const companion = createCompanion({ url: simulator.url, config: { auth: state } });
    companion.connect();
    await simulator.phone(CICI, 'Cici').scanQr(await companion.nextQr());
    await companion.opened(1);
    await companion.synced();
    await saveCreds();
    await companion.stop();
    files = readdirSync(folder).map((name) => ({
      name: `auth_info/${name}`,
      bytes: readFileSync(join(folder, name)),
    }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused when it is not one flat folder with whole credentials', async () => {
    const [creds] = files.filter(({ name }) => name.endsWith('/creds.json'));
    const others = files.filter((file) => file !== creds);
    const evil: [readonly ZipEntry[], RegExp][] = [
      [others, /no creds.json/],
      [
        [...others, { name: 'auth_info/creds.json', bytes: Buffer.from('{"noiseKey"') }],
        /creds.json is damaged/,
      ],
      [[...files, { name: 'auth_info/../../../creds.json' }], /path/],
      [
        [...files, { name: 'auth_info/session-x.0.json', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 }],
        /link/,
      ],
      [[...files, { name: 'auth_info/session-x.0.json', bytes: Buffer.alloc(1024), size: 10 }], /declares/],
      [[...files, { name: 'auth_info/session-x.0.json', size: 0xf0000000 }], /too large/],
      [
        [...files, { name: `auth_info/session-${'x'.repeat(200)}.json`, bytes: Buffer.from('{}') }],
        /too long/,
      ],
    ];
    for (const [entries, reason] of evil) {
      const { code, details } = await imported('folder', zipOf(entries));
      expect(code).toBe('BACKUP_INVALID');
      expect(details.reason).toMatch(reason);
    }
    const many = Array.from({ length: 50_001 }, (_, index) => ({ name: `pre-key-${index}.json`, method: 0 }));
    expect((await imported('folder', zipOf(many))).details.reason).toMatch(/more than/);
    expect((await server.api.get<DeviceAnswer>('devices/folder')).data.hasSession).toBe(false);
  });

  it('connects without a QR', async () => {
    const { status, data } = await imported('folder', zipOf(files));
    expect(status).toBe(200);
    expect(data.phoneNumber).toBe(CICI);
    await server.api.post('devices/folder/connect');
    await server.waitForStatus('folder', 'connected');
    expect(server.events.filter(({ type }) => type === 'qr')).toEqual([]);
  });
});
