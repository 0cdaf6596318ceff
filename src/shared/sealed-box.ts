import { createCipheriv, createDecipheriv } from 'node:crypto';
import { systemRandom } from './random.ts';

/** Why sealed bytes could not be opened: `malformed` is no sealed box at all, `refused` has the wrong key, context or bytes. */
export type SealProblem = 'malformed' | 'refused';

/** Sealed bytes could not be opened; the plaintext was never released. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
  readonly problem: SealProblem;

  constructor(problem: SealProblem, options?: ErrorOptions) {
    super(
      problem === 'malformed' ? 'these are no sealed bytes' : 'the seal does not fit key or context',
      options,
    );
    this.problem = problem;
  }
}

export const SEAL_KEY_BYTES = 32;

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Encrypts with AES-256-GCM: `[1][nonce 12][tag 16][ciphertext]`. `context` (the additional authenticated data) is not
 * stored: opening needs the same again, so sealed bytes cannot be moved to another row.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, context: string): Buffer {
  // Never injected: under one key a nonce that repeats gives the plaintexts away.
  const nonce = systemRandom.bytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
}

/** The plaintext of `seal(key, plaintext, context)`. Throws SealBrokenError. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  const box = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (box.length < HEADER_BYTES || box[0] !== VERSION) throw new SealBrokenError('malformed');
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(box.subarray(1 + NONCE_BYTES, HEADER_BYTES));
  const plaintext = decipher.update(box.subarray(HEADER_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    throw new SealBrokenError('refused', { cause });
  }
  return plaintext;
}
