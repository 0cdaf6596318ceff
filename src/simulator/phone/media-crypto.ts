import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';

/** What a file is sent as. */
export type MediaKind = 'image' | 'video' | 'document' | 'audio' | 'voice' | 'sticker';

/** The name under which the keys of each kind are derived (protocol fact). */
const KEY_NAME: Readonly<Record<MediaKind, string>> = {
  image: 'Image',
  video: 'Video',
  document: 'Document',
  audio: 'Audio',
  voice: 'Audio',
  sticker: 'Image',
};

/** A file as the media host holds it. */
export interface SealedFile {
  /** Ciphertext and the first ten bytes of its MAC. */
  readonly bytes: Uint8Array;
  /** Of these bytes. */
  readonly encSha256: Uint8Array;
  /** Of the plaintext. */
  readonly sha256: Uint8Array;
}

const MAC_BYTES = 10;

/** Encrypts a file; the same key and plaintext make the same bytes. */
export function sealFile(plaintext: Uint8Array, mediaKey: Uint8Array, kind: MediaKind): SealedFile {
  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const bytes = Buffer.concat([ciphertext, macOf(macKey, iv, ciphertext)]);
  return { bytes, encSha256: sha256(bytes), sha256: sha256(plaintext) };
}

/** Decrypts a file. Throws when its MAC is wrong. */
export function openFile(bytes: Uint8Array, mediaKey: Uint8Array, kind: MediaKind): Uint8Array {
  const { iv, cipherKey, macKey } = keysOf(mediaKey, kind);
  const ciphertext = bytes.subarray(0, -MAC_BYTES);
  const mac = macOf(macKey, iv, ciphertext);
  if (bytes.length <= MAC_BYTES || !timingSafeEqual(mac, bytes.subarray(-MAC_BYTES))) {
    throw new Error('the MAC of the file is wrong');
  }
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

const RETRY_KEY_NAME = 'WhatsApp Media Retry Notification';

/** Seals what a phone answers to somebody who could not download a file: they know its key. */
export function sealRetryAnswer(
  answer: Uint8Array,
  { mediaKey, messageId, iv }: { mediaKey: Uint8Array; messageId: string; iv: Uint8Array },
): Uint8Array {
  const key = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(0), RETRY_KEY_NAME, 32));
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(messageId));
  return Buffer.concat([cipher.update(answer), cipher.final(), cipher.getAuthTag()]);
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function keysOf(mediaKey: Uint8Array, kind: MediaKind) {
  const info = `WhatsApp ${KEY_NAME[kind]} Keys`;
  const bytes = Buffer.from(hkdfSync('sha256', mediaKey, Buffer.alloc(0), info, 112));
  return { iv: bytes.subarray(0, 16), cipherKey: bytes.subarray(16, 48), macKey: bytes.subarray(48, 80) };
}

function macOf(macKey: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer {
  return createHmac('sha256', macKey).update(iv).update(ciphertext).digest().subarray(0, MAC_BYTES);
}
