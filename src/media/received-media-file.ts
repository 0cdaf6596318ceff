import { createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AppError } from '../shared/errors.ts';
import type { MediaKeyKind, MediaSecret } from '../whatsapp/media-secret.ts';

/** The names under which keys are derived (protocol facts). */
const KEY_NAMES: Readonly<Record<MediaKeyKind, string>> = {
  image: 'WhatsApp Image Keys',
  video: 'WhatsApp Video Keys',
  audio: 'WhatsApp Audio Keys',
  document: 'WhatsApp Document Keys',
};
const DERIVED_BYTES = 112;
const BLOCK_BYTES = 16;
/** A file at the media host ends with so much of its HMAC. */
const MAC_BYTES = 10;
const PIECE_BYTES = 64 * 1024;

/** Bytes of the encrypted form of a file of this size. */
export function encryptedBytes(sizeBytes: number): number {
  return (Math.floor(sizeBytes / BLOCK_BYTES) + 1) * BLOCK_BYTES + MAC_BYTES;
}

/**
 * Reads an encrypted file to its end and proves that it is the one the message names: both hashes, the MAC and the length. Resolves with
 * the size of the plaintext, none of which was given to anybody. Throws MEDIA_CORRUPT with what did not fit.
 */
export async function checkReceivedFile(handle: FileHandle, secret: MediaSecret): Promise<number> {
  const { size } = await handle.stat();
  if (size < BLOCK_BYTES + MAC_BYTES || (size - MAC_BYTES) % BLOCK_BYTES !== 0) throw corrupt('length');
  const { iv, cipherKey, macKey } = keysOf(secret);
  const encrypted = createHash('sha256');
  const mac = createHmac('sha256', macKey).update(iv);
  const plain = createHash('sha256');
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  let sizeBytes = 0;
  const take = (bytes: Buffer) => {
    sizeBytes += bytes.length;
    plain.update(bytes);
  };
  for await (const chunk of piecesOf(handle, { from: 0, to: size - MAC_BYTES })) {
    encrypted.update(chunk);
    mac.update(chunk);
    take(decipher.update(chunk));
  }
  const { buffer: end } = await handle.read(Buffer.alloc(MAC_BYTES), 0, MAC_BYTES, size - MAC_BYTES);
  if (!same(encrypted.update(end).digest(), secret.encryptedSha256)) throw corrupt('encrypted-hash');
  if (!same(mac.digest().subarray(0, MAC_BYTES), end)) throw corrupt('mac');
  take(lastOf(decipher));
  if (!same(plain.digest(), secret.sha256)) throw corrupt('hash');
  if (secret.sizeBytes !== null && secret.sizeBytes !== sizeBytes) throw corrupt('length');
  return sizeBytes;
}

/** Bytes of the plaintext, the last one included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A part of the plaintext of a file that was checked. The stream owns the handle and closes it, also when nobody reads it. */
export function readReceivedFile(handle: FileHandle, secret: MediaSecret, range: ByteRange): Readable {
  const body = Readable.from(plaintext(handle, secret, range), { objectMode: false });
  return body.once('close', () => void handle.close().catch(() => {}));
}

/** Each block is decrypted with the one before it, so a part needs no more than the block before its first. */
async function* plaintext(
  handle: FileHandle,
  secret: MediaSecret,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer> {
  const first = start - (start % BLOCK_BYTES);
  const { iv, cipherKey } = keysOf(secret);
  const decipher = createDecipheriv(
    'aes-256-cbc',
    cipherKey,
    first === 0 ? iv : await blockAt(handle, first),
  );
  decipher.setAutoPadding(false);
  let at = first;
  for await (const chunk of piecesOf(handle, { from: first, to: encryptedBytes(end) - MAC_BYTES })) {
    const bytes = decipher.update(chunk);
    yield bytes.subarray(Math.max(0, start - at), end + 1 - at);
    at += bytes.length;
  }
}

/** The encrypted block that ends there. */
async function blockAt(handle: FileHandle, end: number): Promise<Buffer> {
  const block = Buffer.alloc(BLOCK_BYTES);
  await handle.read(block, 0, BLOCK_BYTES, end - BLOCK_BYTES);
  return block;
}

/** Each piece is good until the next is asked for: they share their memory. */
async function* piecesOf(
  handle: FileHandle,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(PIECE_BYTES, to - at), at);
    if (bytesRead === 0) throw corrupt('length');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function keysOf({ kind, mediaKey }: MediaSecret) {
  const derived = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(0), KEY_NAMES[kind], DERIVED_BYTES));
  return {
    iv: derived.subarray(0, 16),
    cipherKey: derived.subarray(16, 48),
    macKey: derived.subarray(48, 80),
  };
}

/** A padding that does not fit was encrypted so by the sender: the MAC has been checked. */
function lastOf(decipher: { final(): Buffer }): Buffer {
  try {
    return decipher.final();
  } catch {
    throw corrupt('padding');
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function corrupt(reason: string): AppError {
  return new AppError('MEDIA_CORRUPT', { reason });
}
