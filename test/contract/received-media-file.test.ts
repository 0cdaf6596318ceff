import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/media/byte-range.ts';
import { checkReceivedFile, readReceivedFile } from '../../src/media/received-media-file.ts';
import { sealFile } from '../../src/simulator/phone/media-crypto.ts';
import type { MediaSecret } from '../../src/whatsapp/media-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'received-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file as another program encrypts it. */
function sealed(plain: Uint8Array, change: (bytes: Buffer) => Buffer = (bytes) => bytes) {
  const mediaKey = randomBytes(32);
  const { bytes, encSha256, sha256 } = sealFile(plain, mediaKey, 'document');
  const path = join(folder, randomBytes(8).toString('hex'));
  writeFileSync(path, change(Buffer.from(bytes)));
  const secret: MediaSecret = {
    kind: 'document',
    directPath: '/v/x',
    mediaKey,
    sha256,
    encryptedSha256: encSha256,
    sizeBytes: plain.length,
  };
  return { path, secret };
}

async function check({ path, secret }: ReturnType<typeof sealed>): Promise<number> {
  const handle = await open(path, 'r');
  return checkReceivedFile(handle, secret).finally(() => handle.close());
}

describe('an encrypted file', () => {
  it.each([1, 15, 16, 17, 65_535, 65_536, 65_537, 300_000])(
    'of %i bytes is proven, and read',
    async (size) => {
      const plain = randomBytes(size);
      const file = sealed(plain);
      expect(await check(file)).toBe(size);
      const body = readReceivedFile(await open(file.path, 'r'), file.secret, { start: 0, end: size - 1 });
      expect((await buffer(body)).equals(plain)).toBe(true);
    },
  );

  it('is read in part, wherever the part begins and ends', async () => {
    const plain = randomBytes(200_000);
    const file = sealed(plain);
    const edges = [0, 1, 15, 16, 17, 65_535, 65_536, 65_551, 131_072, 199_983, 199_984, 199_998, 199_999];
    for (const start of edges) {
      for (const end of edges.filter((each) => each >= start)) {
        const body = readReceivedFile(await open(file.path, 'r'), file.secret, { start, end });
        expect((await buffer(body)).equals(plain.subarray(start, end + 1)), `${start}-${end}`).toBe(true);
      }
    }
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['encrypted-hash', (bytes) => Buffer.concat([bytes.subarray(0, 16), bytes.subarray(32)])],
    ['encrypted-hash', (bytes) => bytes.fill(0, 40, 41)],
    ['encrypted-hash', (bytes) => bytes.fill(0, bytes.length - 1)],
    ['length', (bytes) => bytes.subarray(0, -1)],
    ['length', () => Buffer.alloc(0)],
    ['length', () => Buffer.alloc(10)],
  ])('that was changed is refused: %s', async (reason, change) => {
    const file = sealed(Buffer.alloc(1_000, 0xff), change);
    await expect(check(file)).rejects.toMatchObject({ code: 'MEDIA_CORRUPT', details: { reason } });
  });
});

describe('the part a header asks for', () => {
  it.each([
    [undefined, 'all'],
    ['bytes=0-', { start: 0, end: 99 }],
    ['bytes=10-19', { start: 10, end: 19 }],
    ['bytes=90-1000', { start: 90, end: 99 }],
    ['bytes=-5', { start: 95, end: 99 }],
    ['bytes=-500', { start: 0, end: 99 }],
    ['bytes=100-', null],
    ['bytes=-0', null],
    ['bytes=5-4', 'all'],
    ['bytes=-', 'all'],
    ['bytes=0-1,5-6', 'all'],
    ['lines=0-1', 'all'],
  ])('of 100 bytes: %s', (header, range) => {
    expect(rangeOf(header, 100)).toEqual(range);
  });
});
