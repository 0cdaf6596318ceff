import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReceivedMediaCache } from '../../src/media/received-media-cache.ts';
import type { MediaMessage } from '../../src/media/received-media-repository.ts';
import {
  createReceivedMediaService,
  type ReceivedMediaDeps,
} from '../../src/media/received-media-service.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createTurnstile } from '../../src/shared/turnstile.ts';
import { sealFile } from '../../src/simulator/phone/media-crypto.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

const DEVICE = 'ana' as DeviceId;
const file = randomBytes(5_000);
const mediaKey = randomBytes(32);
const sealed = sealFile(file, mediaKey, 'image');
const secret = {
  kind: 'image' as const,
  directPath: '/v/first',
  mediaKey,
  sha256: sealed.sha256,
  encryptedSha256: sealed.encSha256,
  sizeBytes: file.length,
};
const message: MediaMessage = {
  id: '01K0CZ3V5M5Q8W0R7N2T4X6Y8Z',
  deviceId: DEVICE,
  waMessageId: 'A1' as WaMessageId,
  chat: '6281200000002@s.whatsapp.net' as Jid,
  participant: null,
  fromMe: false,
  type: 'image',
  media: {
    mimetype: 'image/png',
    fileName: null,
    sizeBytes: 5_000,
    seconds: null,
    width: null,
    height: null,
  },
  key: { secret, sealed: Buffer.from('sealed') },
};

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'received-service-')), 'received');
  mkdirSync(directory);
});
afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

const serviceWith = (change: Partial<ReceivedMediaDeps>) =>
  createReceivedMediaService({
    devices: { find: async () => ({ proxyUrl: null }) },
    messages: { find: async () => message, moved: async () => {} },
    cache: createReceivedMediaCache({
      directory,
      quotaBytes: 1e9,
      clock: createManualClock(),
      random: systemRandom,
    }),
    source: { get: async () => Readable.from([Buffer.from(sealed.bytes)]) },
    sockets: {
      socketOf() {
        throw new AppError('DEVICE_NOT_CONNECTED');
      },
    },
    turns: createTurnstile(4),
    room: { reserve: () => ({ take: async () => {}, end() {} }) },
    onLoaded() {},
    log: silentLogger,
    ...change,
  });
const load = async (service: ReturnType<typeof serviceWith>, signal = new AbortController().signal) =>
  service.load(await service.find(DEVICE, 'A1'), signal);

describe('fetching a received file', () => {
  it('stops at a full disk, and leaves nothing on it', async () => {
    const ended: string[] = [];
    const take = async () => {
      throw new AppError('STORAGE_FULL');
    };
    const service = serviceWith({ room: { reserve: () => ({ take, end: (as) => void ended.push(as) }) } });
    await expect(load(service)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(ended).toEqual(['gone']);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('lets four through at a time, has others wait, and sends away who comes when too many do', async () => {
    const full = Promise.withResolvers<void>();
    const refused: string[] = [];
    let inside = 0;
    let most = 0;
    const look = () => {
      most = Math.max(most, inside);
      if (inside === 4 && refused.length === 6) full.resolve();
    };
    const service = serviceWith({
      source: {
        async get() {
          inside += 1;
          look();
          await full.promise;
          inside -= 1;
          return Readable.from([Buffer.from(sealed.bytes)]);
        },
      },
    });
    const found = await service.find(DEVICE, 'A1');
    const loads = Array.from({ length: 70 }, async () => {
      try {
        return (await buffer((await service.load(found, new AbortController().signal)).read(null))).length;
      } catch (error) {
        refused.push(error instanceof AppError ? error.code : String(error));
        look();
        return null;
      }
    });
    expect((await Promise.all(loads)).filter((length) => length === file.length)).toHaveLength(64);
    expect(refused).toEqual(Array(6).fill('OVERLOADED'));
    expect(most).toBe(4);
  });

  it('is given up by whoever leaves before it is his turn', async () => {
    const left = AbortSignal.abort();
    await expect(load(serviceWith({}), left)).rejects.toMatchObject({ code: 'WHATSAPP_UNAVAILABLE' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('asks the phone once for what the host has no more, and remembers where it put it', async () => {
    const asked: string[] = [];
    const moved: string[] = [];
    const service = serviceWith({
      source: {
        async get({ directPath }) {
          asked.push(directPath);
          return directPath === '/v/second' ? Readable.from([Buffer.from(sealed.bytes)]) : 'gone';
        },
      },
      sockets: { socketOf: () => ({ askForReupload: async () => '/v/second' }) },
      messages: {
        find: async () => message,
        moved: async (_, key) => void moved.push(key.secret.directPath),
      },
    });
    expect((await buffer((await load(service)).read(null))).equals(file)).toBe(true);
    expect([asked, moved]).toEqual([['/v/first', '/v/second'], ['/v/second']]);
  });

  it('says that the phone cannot be asked, or has it no more', async () => {
    const gone = { get: async () => 'gone' as const };
    await expect(load(serviceWith({ source: gone }))).rejects.toMatchObject({ code: 'DEVICE_NOT_CONNECTED' });
    const sockets = { socketOf: () => ({ askForReupload: async () => null }) };
    await expect(load(serviceWith({ source: gone, sockets }))).rejects.toMatchObject({
      code: 'MEDIA_EXPIRED',
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});

it('what became of each file that was asked for is told', async () => {
  const outcomes: string[] = [];
  const onLoaded = (outcome: string) => void outcomes.push(outcome);
  const gone = serviceWith({ onLoaded, source: { get: async () => 'gone' } });
  await expect(load(gone)).rejects.toMatchObject({ code: 'DEVICE_NOT_CONNECTED' });
  const here = serviceWith({ onLoaded });
  for (const _ of ['first', 'again']) (await load(here)).read(null).destroy();
  expect(outcomes).toEqual(['device_not_connected', 'fetched', 'cached']);
});
