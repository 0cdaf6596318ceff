import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Random } from '../../shared/random.ts';
import { generateKeyPair, type KeyPair, sign, verify } from '../wire/curve.ts';
import { decodeProto, encodeProto } from '../wire/proto.ts';
import { withTypeByte } from './type-byte.ts';

/** What the members of a group need to read one sender: a chain of keys that only goes forward, and whose it is. */
export interface SenderKey {
  readonly id: number;
  /** The number of the next message key. */
  readonly iteration: number;
  readonly chainKey: Uint8Array;
  /** 32 bytes; verifies that a message comes from the owner and not from another member. */
  readonly signingKey: Uint8Array;
  /** Seeds of messages that were passed over and may still come, by iteration. */
  readonly skipped: ReadonlyMap<number, Uint8Array>;
}

/** Message format 3, spoken by a sender that knows up to 3. */
const VERSION = 0x33;
const SIGNATURE_BYTES = 64;
const MESSAGE_SEED = Uint8Array.of(1);
const CHAIN_SEED = Uint8Array.of(2);
/** A message further ahead than this is no honest one; as many seeds are kept. */
const MOST_SKIPPED = 2_000;

/** A fresh key and the private half of its signature. */
export function newSenderKey(random: Random): { readonly key: SenderKey; readonly signing: KeyPair } {
  const signing = generateKeyPair(random);
  const id = random.bytes(4).readUInt32BE() >>> 1;
  const chainKey = random.bytes(32);
  return {
    key: { id, iteration: 0, chainKey, signingKey: signing.publicKey, skipped: new Map() },
    signing,
  };
}

/** The key as it is handed to a member: from its next message on. */
export function encodeDistribution({ id, iteration, chainKey, signingKey }: SenderKey): Uint8Array {
  const body = encodeProto('SenderKeyDistribution', {
    id,
    iteration,
    chainKey,
    signingKey: withTypeByte(signingKey),
  });
  return Buffer.concat([Uint8Array.of(VERSION), body]);
}

/** Reads a key that was handed over. Throws when a part is missing. */
export function decodeDistribution(bytes: Uint8Array): SenderKey {
  const { id, iteration = 0, chainKey, signingKey } = decodeProto('SenderKeyDistribution', bytes.subarray(1));
  if (id === undefined || chainKey?.length !== 32 || !signingKey || signingKey.length < 32) {
    throw new Error('the distributed sender key is incomplete');
  }
  return { id, iteration, chainKey, signingKey: signingKey.subarray(-32), skipped: new Map() };
}

/** Encrypts for the group, and the key as it is afterwards. */
export function encryptForGroup(
  key: SenderKey,
  signing: KeyPair,
  plaintext: Uint8Array,
): { readonly bytes: Uint8Array; readonly next: SenderKey } {
  const { cipherKey, iv } = messageKey(seedOf(key.chainKey));
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const body = encodeProto('SenderKeyMessage', { id: key.id, iteration: key.iteration, ciphertext });
  const signed = Buffer.concat([Uint8Array.of(VERSION), body]);
  const bytes = Buffer.concat([signed, sign(signing.privateKey, signed)]);
  return { bytes, next: { ...key, iteration: key.iteration + 1, chainKey: nextChainKey(key.chainKey) } };
}

/** The id of the key a message was made with. */
export function senderKeyIdOf(bytes: Uint8Array): number {
  return readBody(bytes).id;
}

/**
 * Decrypts a message of the group, and the key as it is afterwards. Throws when the signature is wrong, the message
 * was read before, or it is too far ahead.
 */
export function decryptFromGroup(
  key: SenderKey,
  bytes: Uint8Array,
): { readonly plaintext: Uint8Array; readonly next: SenderKey } {
  const { iteration, ciphertext } = readBody(bytes);
  const signed = bytes.subarray(0, -SIGNATURE_BYTES);
  if (!verify(key.signingKey, signed, bytes.subarray(-SIGNATURE_BYTES))) {
    throw new Error('the group message does not bear its sender’s signature');
  }
  const { seed, next } = advanceTo(key, iteration);
  const { cipherKey, iv } = messageKey(seed);
  const decipher = createDecipheriv('aes-256-cbc', cipherKey, iv);
  return { plaintext: Buffer.concat([decipher.update(ciphertext), decipher.final()]), next };
}

function readBody(bytes: Uint8Array): { id: number; iteration: number; ciphertext: Uint8Array } {
  const {
    id,
    iteration = 0,
    ciphertext,
  } = decodeProto('SenderKeyMessage', bytes.subarray(1, -SIGNATURE_BYTES));
  if (id === undefined || !ciphertext) throw new Error('the group message is incomplete');
  return { id, iteration, ciphertext };
}

/** The seed of one message, and the key without it. */
function advanceTo(key: SenderKey, iteration: number): { seed: Uint8Array; next: SenderKey } {
  const skipped = new Map(key.skipped);
  const late = skipped.get(iteration);
  if (late) {
    skipped.delete(iteration);
    return { seed: late, next: { ...key, skipped } };
  }
  if (iteration < key.iteration) throw new Error('the group message was read before');
  if (iteration - key.iteration > MOST_SKIPPED) throw new Error('the group message is too far ahead');
  let { chainKey } = key;
  for (let passed = key.iteration; passed < iteration; passed += 1) {
    skipped.set(passed, seedOf(chainKey));
    chainKey = nextChainKey(chainKey);
  }
  for (const oldest of skipped.keys()) {
    if (skipped.size <= MOST_SKIPPED) break;
    skipped.delete(oldest);
  }
  return {
    seed: seedOf(chainKey),
    next: { ...key, iteration: iteration + 1, chainKey: nextChainKey(chainKey), skipped },
  };
}

function seedOf(chainKey: Uint8Array): Uint8Array {
  return createHmac('sha256', chainKey).update(MESSAGE_SEED).digest();
}

function nextChainKey(chainKey: Uint8Array): Uint8Array {
  return createHmac('sha256', chainKey).update(CHAIN_SEED).digest();
}

function messageKey(seed: Uint8Array): { iv: Uint8Array; cipherKey: Uint8Array } {
  const bytes = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(32), 'WhisperGroup', 48));
  return { iv: bytes.subarray(0, 16), cipherKey: bytes.subarray(16) };
}
