import { createCipheriv, createDecipheriv, hkdfSync, pbkdf2 as pbkdf2Callback } from 'node:crypto';
import { promisify } from 'node:util';

const pbkdf2 = promisify(pbkdf2Callback);

/** Rounds of PBKDF2-SHA256 that make a guessed code expensive. */
const ROUNDS = 131_072;
const SALT = 32;
const CTR_IV = 16;
const GCM_IV = 12;
const GCM_TAG = 16;

/** Opens an ephemeral public key wrapped as salt 32 ‖ iv 16 ‖ AES-256-CTR. A wrong code yields a wrong key, unnoticed. */
export async function unwrapEphemeral(wrapped: Uint8Array, code: string): Promise<Uint8Array> {
  const salt = wrapped.subarray(0, SALT);
  const iv = wrapped.subarray(SALT, SALT + CTR_IV);
  const decipher = createDecipheriv('aes-256-ctr', await codeKey(code, salt), iv);
  return Buffer.concat([decipher.update(wrapped.subarray(SALT + CTR_IV)), decipher.final()]);
}

/** The reverse of `unwrapEphemeral`, with the salt and iv given: 48 random bytes. */
export async function wrapEphemeral(
  publicKey: Uint8Array,
  code: string,
  saltAndIv: Uint8Array,
): Promise<Uint8Array> {
  const salt = saltAndIv.subarray(0, SALT);
  const cipher = createCipheriv('aes-256-ctr', await codeKey(code, salt), saltAndIv.subarray(SALT));
  return Buffer.concat([saltAndIv, cipher.update(publicKey), cipher.final()]);
}

export interface KeyBundlePlaintext {
  readonly companionIdentityKey: Uint8Array;
  readonly primaryIdentityKey: Uint8Array;
  readonly random: Uint8Array;
}

/**
 * Opens the companion's bundle: salt 32 ‖ iv 12 ‖ AES-256-GCM of two identity keys and 32 random bytes.
 * Null when it does not open, which is what a wrong code looks like.
 */
export function openKeyBundle(wrapped: Uint8Array, ephemeralSecret: Uint8Array): KeyBundlePlaintext | null {
  if (wrapped.byteLength !== SALT + GCM_IV + 3 * 32 + GCM_TAG) return null;
  const key = hkdf(ephemeralSecret, wrapped.subarray(0, SALT), 'link_code_pairing_key_bundle_encryption_key');
  const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(SALT, SALT + GCM_IV));
  decipher.setAuthTag(wrapped.subarray(-GCM_TAG));
  const text = decipher.update(wrapped.subarray(SALT + GCM_IV, -GCM_TAG));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return {
    companionIdentityKey: text.subarray(0, 32),
    primaryIdentityKey: text.subarray(32, 64),
    random: text.subarray(64, 96),
  };
}

/** The secret both sides derive instead of reading it from a QR code; 32 bytes. */
export function deriveAdvSecret(parts: {
  ephemeralSecret: Uint8Array;
  identitySecret: Uint8Array;
  random: Uint8Array;
}): Uint8Array {
  const material = Buffer.concat([parts.ephemeralSecret, parts.identitySecret, parts.random]);
  return hkdf(material, Buffer.alloc(0), 'adv_secret');
}

function codeKey(code: string, salt: Uint8Array): Promise<Buffer> {
  return pbkdf2(code, salt, ROUNDS, 32, 'sha256');
}

function hkdf(material: Uint8Array, salt: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', material, salt, info, 32));
}
