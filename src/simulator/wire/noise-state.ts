import { createCipheriv, createDecipheriv, createHash, createSecretKey, hkdfSync } from 'node:crypto';
import { WireError } from './wire-error.ts';

/** Encrypts what leaves and decrypts what arrives, in order: each call counts on. */
export interface NoiseTransport {
  encrypt(plaintext: Uint8Array): Uint8Array;
  /** Throws a WireError when the bytes were not made by the other side for this place in the order. */
  decrypt(ciphertext: Uint8Array): Uint8Array;
}

/** The transcript of one handshake: Noise's SymmetricState with AES-256-GCM and SHA-256 (Noise specification, 5.2). */
export interface NoiseState {
  mixHash(data: Uint8Array): void;
  mixKey(secret: Uint8Array): void;
  encrypt(plaintext: Uint8Array): Uint8Array;
  decrypt(ciphertext: Uint8Array): Uint8Array;
  /** Ends the handshake: the transport of the side that began, or of the side that answered. */
  split(side: 'initiator' | 'responder'): NoiseTransport;
}

interface Cipher {
  encrypt(plaintext: Uint8Array, associated: Uint8Array): Uint8Array;
  decrypt(ciphertext: Uint8Array, associated: Uint8Array): Uint8Array;
}

const HASH_BYTES = 32;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const NOTHING = Buffer.alloc(0);

/** Starts a transcript: the protocol's name, then the prologue both sides have to agree on. */
export function createNoiseState(protocolName: string, prologue: Uint8Array): NoiseState {
  const name = Buffer.from(protocolName);
  let hash: Uint8Array = name.length > HASH_BYTES ? sha256(name) : Buffer.concat([name], HASH_BYTES);
  let chainingKey = hash;
  let cipher = createCipher(hash);

  function mixHash(data: Uint8Array): void {
    hash = sha256(hash, data);
  }

  mixHash(prologue);
  return {
    mixHash,
    mixKey(secret) {
      const [nextChainingKey, key] = derive(chainingKey, secret);
      chainingKey = nextChainingKey;
      cipher = createCipher(key);
    },
    encrypt(plaintext) {
      const ciphertext = cipher.encrypt(plaintext, hash);
      mixHash(ciphertext);
      return ciphertext;
    },
    decrypt(ciphertext) {
      const plaintext = cipher.decrypt(ciphertext, hash);
      mixHash(ciphertext);
      return plaintext;
    },
    split(side) {
      const [first, second] = derive(chainingKey, NOTHING);
      const initiator = createCipher(first);
      const responder = createCipher(second);
      return side === 'initiator' ? transport(initiator, responder) : transport(responder, initiator);
    },
  };
}

function transport(outgoing: Cipher, incoming: Cipher): NoiseTransport {
  return {
    encrypt: (plaintext) => outgoing.encrypt(plaintext, NOTHING),
    decrypt: (ciphertext) => incoming.decrypt(ciphertext, NOTHING),
  };
}

/** AES-256-GCM under one key; the nonce is 32 zero bits and the count of messages so far. */
function createCipher(keyBytes: Uint8Array): Cipher {
  // Node makes a key object of raw bytes for every message, which costs three times the encryption itself.
  const key = createSecretKey(keyBytes);
  let count = 0n;

  function nextNonce(): Uint8Array {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeBigUInt64BE(count, NONCE_BYTES - 8);
    count += 1n;
    return nonce;
  }

  return {
    encrypt(plaintext, associated) {
      const gcm = createCipheriv('aes-256-gcm', key, nextNonce());
      gcm.setAAD(associated);
      return Buffer.concat([gcm.update(plaintext), gcm.final(), gcm.getAuthTag()]);
    },
    decrypt(ciphertext, associated) {
      if (ciphertext.length < TAG_BYTES) throw new WireError('A ciphertext is shorter than its tag');
      const end = ciphertext.length - TAG_BYTES;
      const gcm = createDecipheriv('aes-256-gcm', key, nextNonce(), { authTagLength: TAG_BYTES });
      gcm.setAAD(associated);
      gcm.setAuthTag(ciphertext.subarray(end));
      try {
        return Buffer.concat([gcm.update(ciphertext.subarray(0, end)), gcm.final()]);
      } catch (cause) {
        throw new WireError('A ciphertext does not authenticate', { cause });
      }
    },
  };
}

function derive(chainingKey: Uint8Array, secret: Uint8Array): [Uint8Array, Uint8Array] {
  const output = Buffer.from(hkdfSync('sha256', secret, chainingKey, NOTHING, 2 * HASH_BYTES));
  return [output.subarray(0, HASH_BYTES), output.subarray(HASH_BYTES)];
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
