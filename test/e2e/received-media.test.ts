import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaKind } from '../../src/simulator/phone/media-crypto.ts';
import { startConnectProxy } from '../support/proxies.ts';
import {
  ANA,
  BUDI,
  downloadFrom,
  expireFiles,
  keptFiles,
  type MediaStage,
  type MessageAnswer,
  openMediaStage,
} from '../support/received-media.ts';
import { waitForMessage } from '../support/simulator.ts';

const CITRA = '6281200000003';
const DEWI = '6281200000005';

let stage: MediaStage;
let simulator: MediaStage['simulator'];
let server: MediaStage['server'];
let budi: MediaStage['budi'];

beforeAll(async () => {
  stage = await openMediaStage();
  ({ simulator, server, budi } = stage);
});
afterAll(() => stage.stop());

const received: MediaStage['received'] = (id) => stage.received(id);
const fileOf: MediaStage['fileOf'] = (id) => stage.fileOf(id);
const sendImage: MediaStage['sendImage'] = (file) => stage.sendImage(file);
const get: MediaStage['get'] = (path, headers) => stage.get(path, headers);

describe('a file that was received', () => {
  const KINDS: readonly (readonly [MediaKind, string, number])[] = [
    ['image', 'image/jpeg', 300_000],
    ['video', 'video/mp4', 1_000_000],
    ['document', 'application/pdf', 299_999],
    ['audio', 'audio/mpeg', 16],
    ['voice', 'audio/ogg; codecs=opus', 15],
    ['sticker', 'image/webp', 1],
  ];
  it.each(KINDS)('can be downloaded, byte for byte: %s', async (kind, mimetype, size) => {
    const file = randomBytes(size);
    const { id } = await budi.sendMedia(ANA, { kind, mimetype, file, fileName: 'a.bin', seconds: 3 });
    const message = await received(id);
    expect(message).toMatchObject({ type: kind, media: { mimetype, sizeBytes: size } });
    const answer = await get(message.media?.downloadPath ?? '');
    expect(answer.status).toBe(200);
    expect(answer.bytes.equals(file)).toBe(true);
    expect(answer.headers.get('content-type')).toBe(mimetype.split(';')[0]);
    expect(answer.headers.get('content-length')).toBe(String(size));
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
  });

  it('can be downloaded from a group', async () => {
    const citra = simulator.phone(CITRA, 'Citra');
    const { group } = await citra.groups.create({ subject: 'files', members: [ANA, BUDI] });
    const file = randomBytes(70_000);
    const { id } = await citra.sendMedia(`${group.id}@g.us`, {
      kind: 'document',
      mimetype: 'text/plain',
      file,
    });
    const answer = await get((await fileOf(id)).downloadPath);
    expect(answer.bytes.equals(file)).toBe(true);
  });

  it('has the name its sender gave it, and none that does harm', async () => {
    const file = randomBytes(10);
    const details = { kind: 'document' as const, mimetype: 'text/html', file };
    const { id } = await budi.sendMedia(ANA, { ...details, fileName: '../../"été"\u202egpj.exe' });
    const { headers } = await get((await fileOf(id)).downloadPath);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="_..___t__gpj.exe"; filename*=UTF-8''_..__%C3%A9t%C3%A9_gpj.exe`,
    );
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('is found by either id, and not sent again to whoever has it', async () => {
    const id = await sendImage(randomBytes(1_000));
    const { headers } = await get((await fileOf(id)).downloadPath);
    const path = `/api/whatsapp-multi-device/devices/ana/media/${id}`;
    const again = await get(path, { 'if-none-match': headers.get('etag') ?? '' });
    expect(again).toMatchObject({ status: 304 });
    expect(again.bytes.length).toBe(0);
  });

  it('is given in parts, as long as it is the same', async () => {
    const file = randomBytes(100_000);
    const { downloadPath } = await fileOf(await sendImage(file));
    const part = await get(downloadPath, { range: 'bytes=33-70000' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 33-70000/100000');
    expect(part.bytes.equals(file.subarray(33, 70_001))).toBe(true);
    expect((await get(downloadPath, { range: 'bytes=0-0', 'if-range': '"another"' })).status).toBe(200);
    const none = await get(downloadPath, { range: 'bytes=100000-' });
    expect(none).toMatchObject({ status: 416, code: 'RANGE_NOT_SATISFIABLE' });
    expect(none.headers.get('content-range')).toBe('bytes */100000');
    await expect.poll(openFiles).toBe(0);
  });

  it('can be had of what the phone itself has sent', async () => {
    const file = randomBytes(2_000);
    const { id } = await simulator
      .phone(ANA)
      .sendMedia(BUDI, { kind: 'video', mimetype: 'video/mp4', file, caption: 'from my phone' });
    expect((await get((await fileOf(id)).downloadPath)).bytes.equals(file)).toBe(true);
  });

  it('is fetched once, and kept in no form anybody could read', async () => {
    const file = Buffer.from('PLAINTEXT'.repeat(1_000));
    const { downloadPath } = await fileOf(await sendImage(file));
    await get(downloadPath);
    await expireFiles(simulator);
    expect((await get(downloadPath)).bytes.equals(file)).toBe(true);
    const kept = keptFiles(server);
    expect(kept.length).toBeGreaterThan(0);
    for (const name of kept) {
      expect(name).toMatch(/^[0-9a-f]{64}$/);
      expect(readFileSync(join(server.dataDir, 'media', 'received', name)).includes('PLAINTEXT')).toBe(false);
    }
  });

  it('wants the scope, the device and a message with a file', async () => {
    const { downloadPath } = await fileOf(await sendImage(randomBytes(10)));
    const key = await server.keyFor({ scopes: ['message:send'] });
    expect((await downloadFrom({ url: server.url, api: key }, downloadPath)).code).toBe('FORBIDDEN');
    expect((await get('/api/whatsapp-multi-device/devices/nobody/media/1')).code).toBe('DEVICE_NOT_FOUND');
    expect((await get('/api/whatsapp-multi-device/devices/ana/media/1')).code).toBe('MESSAGE_NOT_FOUND');
    const text = await budi.sendText(ANA, 'no file');
    await received(text.id);
    const none = await get(`/api/whatsapp-multi-device/devices/ana/media/${text.id}`);
    expect(none).toMatchObject({ status: 404, code: 'MEDIA_NOT_FOUND' });
  });
});

describe('the history of a chat', () => {
  it('shows the file and where it can be had, until the message is taken back', async () => {
    const file = randomBytes(1_000);
    const id = await sendImage(file);
    await received(id);
    const inChat = async () => {
      const path = `devices/ana/chat-history/${BUDI}?source=store`;
      const { data } = await server.api.get<{ items: readonly MessageAnswer[] }>(path);
      return data.items.find(({ messageId }) => messageId === id);
    };
    const { media } = (await inChat()) ?? {};
    expect(media).toMatchObject({ mimetype: 'image/png', sizeBytes: 1_000 });
    expect((await get(media?.downloadPath ?? '')).bytes.equals(file)).toBe(true);
    await budi.revoke(id);
    await expect.poll(async () => (await inChat())?.media).toBeNull();
  });
});

describe('a device with a proxy', () => {
  it('gets its files through it and by no other way', async () => {
    const proxy = await startConnectProxy({ credentials: 'dewi:secret' });
    const proxyUrl = `http://dewi:secret@127.0.0.1:${proxy.port}`;
    await server.createDevice('dewi', { proxyUrl });
    await server.pairByQr('dewi', simulator.phone(DEWI, 'Dewi'));
    const file = randomBytes(30_000);
    const { id } = await budi.sendMedia(DEWI, { kind: 'image', mimetype: 'image/png', file });
    await waitForMessage(
      simulator.phone(DEWI),
      ({ media }) => media !== null && media.state !== 'downloading',
    );
    const path = `/api/whatsapp-multi-device/devices/dewi/media/${id}`;
    await server.waitForEvent(
      (event) => event.type === 'message' && event.deviceId === 'dewi' && JSON.stringify(event).includes(id),
    );
    const { host } = new URL(simulator.mediaOrigin);
    const before = proxy.targets.filter((target) => target === host).length;
    expect((await get(path)).bytes.equals(file)).toBe(true);
    expect(proxy.targets.filter((target) => target === host).length).toBe(before + 1);
  });
});

describe('a file WhatsApp has no more', () => {
  it('is uploaded again by the phone', async () => {
    const file = randomBytes(40_000);
    const { downloadPath } = await fileOf(await sendImage(file));
    await expireFiles(simulator);
    expect((await get(downloadPath)).bytes.equals(file)).toBe(true);
  });

  it('is asked of the phone, too, when its address has run out', async () => {
    const file = randomBytes(40_000);
    const { downloadPath } = await fileOf(await sendImage(file));
    simulator.faults.add({ kind: 'media-refused', at: 'download', status: 403, times: 1 });
    expect((await get(downloadPath)).bytes.equals(file)).toBe(true);
  });

  it('is gone when the phone has it no more either', async () => {
    const id = await stage.liar.send(ANA, (image) => ({ ...image, directPath: `/v/${'0'.repeat(64)}` }));
    await stage.onPhone(id);
    expect(await get((await fileOf(id)).downloadPath)).toMatchObject({ status: 410, code: 'MEDIA_EXPIRED' });
  });
});

/** How many received files this process, which is the server's, has open. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    const link = `/proc/self/fd/${fd}`;
    return existsSync(link) && readlinkSync(link).includes('media/received');
  }).length;
}

describe('a bad line', () => {
  it('changes a bit: nothing is handed out, and the next try has it right', async () => {
    const file = randomBytes(500_000);
    const { downloadPath } = await fileOf(await sendImage(file));
    simulator.faults.add({ kind: 'media-corrupt', at: 'download', times: 1 });
    expect(await get(downloadPath)).toMatchObject({
      code: 'MEDIA_CORRUPT',
      details: { reason: 'encrypted-hash' },
    });
    expect((await get(downloadPath)).bytes.equals(file)).toBe(true);
  });

  it('breaks, or the host refuses: that is said, and nothing is left behind', async () => {
    const { downloadPath } = await fileOf(await sendImage(randomBytes(500_000)));
    const before = keptFiles(server).length;
    simulator.faults.add({ kind: 'media-cut', at: 'download', afterBytes: 100_000, times: 1 });
    expect((await get(downloadPath)).code).toBe('WHATSAPP_UNAVAILABLE');
    simulator.faults.add({ kind: 'media-refused', at: 'download', status: 500, times: 1 });
    expect((await get(downloadPath)).code).toBe('WHATSAPP_UNAVAILABLE');
    expect(keptFiles(server).length).toBe(before);
  });

  it('is left by a caller who goes away, with nothing left behind', async () => {
    const { downloadPath } = await fileOf(await sendImage(randomBytes(500_000)));
    simulator.faults.add({ kind: 'media-slow', at: 'download', bytesPerSecond: 1, times: 1 });
    const before = keptFiles(server).length;
    const leaves = new AbortController();
    const asked = fetch(new URL(downloadPath, server.url), {
      headers: { authorization: `Bearer ${server.api.key}` },
      signal: leaves.signal,
    });
    await expect.poll(() => keptFiles(server).some((name) => name.endsWith('.draft'))).toBe(true);
    leaves.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => keptFiles(server).length).toBe(before);
  });

  it('is left by a caller who has read some of it: the file is closed', async () => {
    const { downloadPath } = await fileOf(await sendImage(randomBytes(8_000_000)));
    const leaves = new AbortController();
    const { body } = await fetch(new URL(downloadPath, server.url), {
      headers: { authorization: `Bearer ${server.api.key}` },
      signal: leaves.signal,
    });
    await body?.getReader().read();
    expect(openFiles()).toBeGreaterThan(0);
    leaves.abort();
    await expect.poll(openFiles).toBe(0);
  });
});

describe('what opens a file', () => {
  it('is erased with what was said, when the number is switched off', async () => {
    const before = await fileOf(await sendImage(randomBytes(1_000)));
    await get(before.downloadPath);
    const body = { whatsapp_number: ANA, status: 'nonaktif', device_id: 'ana' };
    const added = await server.api.post<{ id: number }>('/api/whatsapp/allowed-numbers', body);
    expect(added.status).toBeLessThan(300);
    expect((await get(before.downloadPath)).code).toBe('MEDIA_NOT_FOUND');
    const id = await sendImage(randomBytes(1_000));
    const path = `/api/whatsapp-multi-device/devices/ana/media/${id}`;
    await expect.poll(async () => (await get(path)).code).toBe('MEDIA_NOT_FOUND');
    expect((await received(id)).media).toBeNull();
  });
});
