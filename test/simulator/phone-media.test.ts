import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnyMessageContent,
  downloadMediaMessage,
  type MediaDownloadOptions,
  type WAMessage,
} from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaKind } from '../../src/simulator/phone/media-crypto.ts';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import { sandboxMedia } from '../../src/whatsapp/sandbox-trust.ts';
import { type Companion, createCompanion } from '../support/companion.ts';
import { startTestSimulator, type TestSimulator, waitForMessage } from '../support/simulator.ts';
import { next } from './server-parties.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CHAT = `${BUDI}@s.whatsapp.net`;

let simulator: TestSimulator;
let stateDir: string;
let ana: Companion;
let budi: Phone;

const transport = () =>
  sandboxMedia({
    endpoint: simulator.url,
    rootKeyHex: simulator.rootKeyHex,
    mediaOrigin: simulator.mediaOrigin,
    mediaCaFile: simulator.caFile,
  });
const download = (message: WAMessage) =>
  downloadMediaMessage(message, 'buffer', {
    options: transport().fetchOptions,
  } satisfies MediaDownloadOptions);
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const settled = (id: string) =>
  waitForMessage(
    budi,
    (message) => message.id === id && message.media?.state !== 'downloading' && message.media !== null,
  );
const send = async (content: AnyMessageContent) =>
  (await ana.socket().sendMessage(CHAT, content))?.key.id ?? '';
const arrived = (id: string) => ana.messages.waitFor(({ key }) => key.id === id);
/** The host as anybody sees it who trusts its CA. */
const get = (path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; body: Buffer; headers: object }>((resolve, reject) => {
    const asked = request(
      new URL(path, simulator.mediaOrigin),
      { agent: transport().agent, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks),
            headers: response.headers,
          }),
        );
      },
    );
    asked.on('error', reject).end();
  });

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'sim-media-'));
  simulator = await startTestSimulator({ stateDir });
  const { agent } = transport();
  ana = createCompanion({
    url: simulator.url,
    config: { fetchAgent: agent, options: transport().fetchOptions },
  });
  budi = simulator.phone(BUDI, 'Budi');
  ana.connect();
  await simulator.phone(ANA, 'Ana').scanQr(await ana.nextQr());
  await ana.synced();
});
afterEach(async () => {
  await ana.stop();
  await simulator.close();
  rmSync(stateDir, { recursive: true });
});

describe('a file from a linked device', () => {
  const file = randomBytes(300_000);
  it.each<[MediaKind, AnyMessageContent]>([
    ['image', { image: file, caption: 'look', jpegThumbnail: '' }],
    ['video', { video: file, caption: 'watch', jpegThumbnail: '' }],
    ['document', { document: file, mimetype: 'application/pdf', fileName: 'a.pdf', caption: 'read' }],
    ['audio', { audio: file, mimetype: 'audio/mpeg', seconds: 3 }],
    [
      'voice',
      {
        audio: file,
        mimetype: 'audio/ogg; codecs=opus',
        ptt: true,
        seconds: 3,
      },
    ],
    ['sticker', { sticker: file }],
  ])('is read on the phone, byte for byte: %s', async (kind, content) => {
    const id = await send(content);
    const { media, text } = await settled(id);
    expect(media).toMatchObject({
      kind,
      state: 'downloaded',
      sha256: hashOf(file),
      received: { bytes: file.length, sha256: hashOf(file) },
    });
    expect(text).toBe('caption' in content ? content.caption : null);
    expect(Buffer.compare(await budi.openMedia(id), file)).toBe(0);
  });
});

describe('a file from a phone', () => {
  const file = randomBytes(200_000);
  it.each<[MediaKind, string]>([
    ['image', 'imageMessage'],
    ['video', 'videoMessage'],
    ['document', 'documentWithCaptionMessage'],
    ['audio', 'audioMessage'],
    ['voice', 'audioMessage'],
    ['sticker', 'stickerMessage'],
  ])('is read by the linked device, byte for byte: %s', async (kind, name) => {
    const details = { kind, mimetype: 'application/x-test', fileName: 'a.bin', caption: 'from a phone' };
    const { id, media } = await budi.sendMedia(ANA, { ...details, file });
    expect(media).toMatchObject({ state: 'uploaded', sha256: hashOf(file) });
    const message = await arrived(id);
    expect(Object.keys(message.message ?? {})).toContain(name);
    expect(Buffer.compare(await download(message), file)).toBe(0);
  });

  it('is there after a restart of the simulator', async () => {
    const { id } = await budi.sendMedia(ANA, { kind: 'image', mimetype: 'image/png', file });
    const message = await arrived(id);
    await ana.stop();
    await simulator.close();
    simulator = await startTestSimulator({
      stateDir,
      mediaPort: Number(new URL(simulator.mediaOrigin).port),
    });
    expect(Buffer.compare(await download(message), file)).toBe(0);
    expect(Buffer.compare(await simulator.phone(BUDI).openMedia(id), file)).toBe(0);
  });

  it('that has expired is uploaded again by the own phone', async () => {
    const { id } = await budi.sendMedia(ANA, { kind: 'image', mimetype: 'image/png', file });
    const message = await arrived(id);
    await waitForMessage(simulator.phone(ANA), ({ media }) => media?.state === 'downloaded');
    await expireAll();
    await expect(download(message)).rejects.toMatchObject({ output: { statusCode: 410 } });
    const renewed = await ana.socket().updateMediaMessage(message);
    expect(Buffer.compare(await download(renewed), file)).toBe(0);
  });
});

const expireAll = async () => {
  await fetch(new URL('/media/expire', simulator.controlUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${simulator.controlToken}`, 'content-type': 'application/json' },
    body: '{}',
  });
};

describe('the media host', () => {
  const file = randomBytes(100_000);
  const upload = async () => {
    const { id } = await budi.sendMedia(ANA, { kind: 'document', mimetype: 'text/plain', file });
    const { directPath } = (await arrived(id)).message?.documentMessage ?? {};
    return directPath ?? '';
  };

  it('gives parts of a file, and tells what it does not have from what it had', async () => {
    const path = await upload();
    const whole = await get(path);
    expect(whole.status).toBe(200);
    const part = await get(path, { range: 'bytes=16-31' });
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 16-31/${whole.body.length}` },
    });
    expect(Buffer.compare(part.body, whole.body.subarray(16, 32))).toBe(0);
    expect((await get(path, { range: 'bytes=-10' })).body).toEqual(whole.body.subarray(-10));
    expect((await get(path, { range: `bytes=${whole.body.length}-` })).status).toBe(416);
    expect((await get(`/v/${'0'.repeat(64)}`)).status).toBe(404);
    await expireAll();
    expect((await get(path)).status).toBe(410);
  });

  it('takes nothing that is not what it was said to be', async () => {
    simulator.faults.add({ kind: 'media-corrupt', at: 'upload', times: 1 });
    await expect(send({ image: file, jpegThumbnail: '' })).rejects.toThrow('upload failed');
    expect((await next(simulator, 'media')).status).toBe(400);
    await settled(await send({ image: file, jpegThumbnail: '' }));
  });

  it('fails as it is told to: refused, cut, damaged, slow', async () => {
    simulator.faults.add({ kind: 'media-refused', at: 'upload', status: 503, times: 1 });
    await expect(send({ image: file, jpegThumbnail: '' })).rejects.toThrow('upload failed');
    simulator.faults.add({ kind: 'media-cut', at: 'upload', afterBytes: 5_000, times: 1 });
    await expect(send({ image: file, jpegThumbnail: '' })).rejects.toThrow('upload failed');

    // The own phone downloads it too.
    simulator.faults.add({ kind: 'media-cut', at: 'download', afterBytes: 5_000, times: 2 });
    expect((await settled(await send({ image: file, jpegThumbnail: '' }))).media).toMatchObject({
      state: 'failed',
    });
    simulator.faults.add({ kind: 'media-corrupt', at: 'download', times: 2 });
    const damaged = await settled(await send({ image: file, jpegThumbnail: '' }));
    expect(damaged.media).toMatchObject({ state: 'failed', problem: expect.stringContaining('MAC') });
    expect(Buffer.compare(await budi.openMedia(damaged.id), file)).toBe(0);
    simulator.faults.add({ kind: 'media-slow', at: 'download', bytesPerSecond: 1_000_000, times: 2 });
    expect((await settled(await send({ image: file, jpegThumbnail: '' }))).media).toMatchObject({
      state: 'downloaded',
    });
  });
});
