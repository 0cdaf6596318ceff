import { createServer, type Server } from 'node:net';
import type { proto } from '@whiskeysockets/baileys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANA, keptFiles, type MediaStage, openMediaStage } from '../support/received-media.ts';

type Image = proto.Message.IImageMessage;

let stage: MediaStage;

beforeAll(async () => {
  stage = await openMediaStage();
});
afterAll(() => stage.stop());

describe('T6: a sender who lies', () => {
  let ear: Server;
  let heard = 0;
  beforeAll(async () => {
    ear = createServer((socket) => {
      heard += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => ear.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void ear.close());
  const earPort = () => {
    const address = ear.address();
    return typeof address === 'object' && address ? address.port : 0;
  };
  const kept = () => keptFiles(stage.server).length;

  const flipped = (bytes: Uint8Array | null | undefined) => {
    const copy = Buffer.from(bytes ?? []);
    copy[0] = (copy[0] ?? 0) ^ 1;
    return copy;
  };

  it.each<[string, (place: string) => Partial<Image>]>([
    ['by the url', (place) => ({ url: `https://${place}/v/x` })],
    ['by a path that is a URL', (place) => ({ directPath: `https://${place}/v/x` })],
    ['by a path with two slashes', (place) => ({ directPath: `//${place}/v/x` })],
    ['by a path with a backslash', (place) => ({ directPath: `/\\${place}/v/x` })],
    ['by a path that goes on after the host', (place) => ({ directPath: `@${place}/v/x` })],
    ['by a path that adds to the host', (place) => ({ directPath: `.${place}/v/x` })],
  ])('leads nowhere %s', async (_, change) => {
    const id = await stage.liar.send(ANA, (image) => ({ ...image, ...change(`127.0.0.1:${earPort()}`) }));
    const { downloadPath } = await stage.fileOf(id);
    // Ana's phone is a stand-in that believes what it reads.
    await stage.onPhone(id);
    heard = 0;
    const { status } = await stage.get(downloadPath);
    expect([200, 404]).toContain(status);
    expect(heard).toBe(0);
  });

  it.each<[string, (image: Image) => Partial<Image>]>([
    ['encrypted-hash', (image) => ({ fileEncSha256: flipped(image.fileEncSha256) })],
    ['mac', (image) => ({ mediaKey: flipped(image.mediaKey) })],
    ['hash', (image) => ({ fileSha256: flipped(image.fileSha256) })],
    ['length', () => ({ fileLength: 49_000 })],
    ['length', () => ({ fileLength: 50_001 })],
  ])('is found out, and nothing is handed out: %s', async (reason, change) => {
    const before = kept();
    const id = await stage.liar.send(ANA, (image) => ({ ...image, ...change(image) }));
    const answer = await stage.get((await stage.fileOf(id)).downloadPath);
    expect(answer).toMatchObject({ status: 502, code: 'MEDIA_CORRUPT', details: { reason } });
    expect(answer.headers.get('etag')).toBeNull();
    expect(kept()).toBe(before);
  });

  it('of a size nobody fetches is not asked for', async () => {
    const id = await stage.liar.send(ANA, (image) => ({ ...image, fileLength: 3_000_000_000 }));
    const answer = await stage.get((await stage.fileOf(id)).downloadPath);
    expect(answer).toMatchObject({ status: 422, code: 'MEDIA_TOO_LARGE' });
  });
});

it('what opens a file is in no event and no answer', async () => {
  let secret: Image | null = null;
  const id = await stage.liar.send(ANA, (image) => {
    secret = image;
    return image;
  });
  const seen = JSON.stringify([
    await stage.received(id),
    stage.server.events,
    (await stage.server.api.get('devices/ana/messages')).text,
  ]);
  const { mediaKey, fileEncSha256, directPath } = secret ?? ({} as Image);
  for (const word of [mediaKey, fileEncSha256]) {
    expect(seen).not.toContain(Buffer.from(word ?? '').toString('base64'));
    expect(seen).not.toContain(Buffer.from(word ?? '').toString('hex'));
  }
  expect(seen).not.toContain(directPath);
});
