import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  verify as verifyEd25519,
} from 'node:crypto';
import { calculateSignature } from 'libsignal/src/curve.js';
import type { Random } from '../../shared/random.ts';
import { WireError } from './wire-error.ts';

/** A Curve25519 key pair; both halves 32 raw bytes, without Signal's type byte. */
export interface KeyPair {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** XEdDSA keeps the sign of the Edwards point in the signature, as a Montgomery key has none. */
const SIGN_BIT = 0x80;
/** The prime of the field: 2^255 - 19. */
const PRIME = 2n ** 255n - 19n;

const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function generateKeyPair(random: Random): KeyPair {
  return keyPairFromPrivate(random.bytes(KEY_BYTES));
}

/** The pair of 32 stored bytes, clamped as Curve25519 asks, so that other implementations read them alike. */
export function keyPairFromPrivate(secret: Uint8Array): KeyPair {
  if (secret.length !== KEY_BYTES) throw new WireError('A private key has 32 bytes');
  const privateKey = Buffer.from(secret);
  privateKey[0] = (privateKey[0] ?? 0) & 0xf8;
  privateKey[31] = ((privateKey[31] ?? 0) & 0x7f) | 0x40;
  const publicDer = createPublicKey(privateKeyObject(privateKey)).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: Buffer.from(publicDer.subarray(SPKI_PREFIX.length)) };
}

/** The shared secret, 32 bytes. Throws a WireError on a public key no honest party sends. */
export function sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== KEY_BYTES) throw new WireError('A public key has 32 bytes');
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  try {
    return diffieHellman({
      privateKey: privateKeyObject(privateKey),
      publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }),
    });
  } catch (cause) {
    throw new WireError('The public key is of low order', { cause });
  }
}

/** An XEdDSA signature as Signal uses it, 64 bytes. */
export function sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
  return calculateSignature(Buffer.from(privateKey), message);
}

/** True only when the signature is right; malformed keys and signatures are wrong, not exceptional. */
export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const edwardsKey = toEdwards(publicKey, (signature[SIGNATURE_BYTES - 1] ?? 0) & SIGN_BIT);
  if (!edwardsKey) return false;
  const plain = Buffer.from(signature);
  plain[SIGNATURE_BYTES - 1] = (plain[SIGNATURE_BYTES - 1] ?? 0) & ~SIGN_BIT;
  return verifyEd25519(null, message, edwardsKey, plain);
}

function privateKeyObject(privateKey: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, privateKey]), format: 'der', type: 'pkcs8' });
}

/** The same key on the Edwards curve: y = (u - 1) / (u + 1). Null when there is no such point. */
function toEdwards(publicKey: Uint8Array, signBit: number): KeyObject | null {
  const littleEndian = Buffer.from(publicKey).reverse();
  const u = BigInt(`0x${littleEndian.toString('hex')}`) & (2n ** 255n - 1n);
  const y = modulo((u - 1n) * inverse(modulo(u + 1n)));
  const encoded = Buffer.from(y.toString(16).padStart(2 * KEY_BYTES, '0'), 'hex').reverse();
  encoded[KEY_BYTES - 1] = (encoded[KEY_BYTES - 1] ?? 0) | signBit;
  try {
    return createPublicKey({
      key: Buffer.concat([ED25519_SPKI_PREFIX, encoded]),
      format: 'der',
      type: 'spki',
    });
  } catch {
    return null;
  }
}

function modulo(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

/** By Euclid; of 0 it is 0. */
function inverse(value: bigint): bigint {
  let [low, high] = [value, PRIME];
  let [current, previous] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [current, previous] = [previous - quotient * current, current];
  }
  return low === 0n ? 0n : modulo(current);
}
