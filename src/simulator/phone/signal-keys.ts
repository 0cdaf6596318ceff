import type { Random } from '../../shared/random.ts';
import type { KeyBundle } from '../core.ts';
import { generateKeyPair, type KeyPair, sign } from '../wire/curve.ts';
import type { PhoneStore } from './phone-store.ts';
import { withTypeByte } from './type-byte.ts';

/** The private side of a phone's published keys. */
export interface SignalKeys {
  readonly registrationId: number;
  readonly identity: KeyPair;
  signedPreKey(id: number): KeyPair | null;
  preKey(id: number): KeyPair | null;
  /** A one-time pre-key serves one session only. */
  removePreKey(id: number): void;
  /** What somebody needs to write to us first; mints a one-time pre-key. */
  mintBundle(): KeyBundle;
}

/** Pre-keys handed out and never used are forgotten beyond this number, oldest first. */
const KEPT_PRE_KEYS = 1_000;
/** Ids travel in three bytes. */
const HIGHEST_ID = 0xff_ff_ff;
const SIGNED_PRE_KEY_ID = 1;

interface StoredIdentity {
  registrationId: number;
  identity: StoredPair;
  signedPreKey: StoredPair;
  signature: string;
}

interface StoredPair {
  publicKey: string;
  privateKey: string;
}

/** Loads the keys of a phone, or makes them on its first day. */
export function openSignalKeys({
  store,
  phoneNumber,
  random,
}: {
  store: PhoneStore;
  phoneNumber: string;
  random: Random;
}): SignalKeys {
  const identityKey = `identity/${phoneNumber}`;
  const preKeys = `pre-key/${phoneNumber}/`;
  const stored = parseIdentity(store.get(identityKey)) ?? newIdentity(random);
  store.set(identityKey, stored);
  const minted = store.keys(preKeys).map((key) => Number(key.slice(preKeys.length)));
  let lastId = minted.at(-1) ?? random.bytes(2).readUInt16BE();

  const mintPreKey = () => {
    lastId = (lastId % HIGHEST_ID) + 1;
    const pair = generateKeyPair(random);
    store.set(`${preKeys}${lastId}`, storePair(pair));
    minted.push(lastId);
    if (minted.length > KEPT_PRE_KEYS) store.delete(`${preKeys}${minted.shift()}`);
    return { id: lastId, publicKey: pair.publicKey };
  };
  const identity = loadPair(stored.identity);
  const signed = loadPair(stored.signedPreKey);
  return {
    registrationId: stored.registrationId,
    identity,
    signedPreKey: (id) => (id === SIGNED_PRE_KEY_ID ? signed : null),
    preKey(id) {
      const pair = parsePair(store.get(`${preKeys}${id}`));
      return pair && loadPair(pair);
    },
    removePreKey: (id) => store.delete(`${preKeys}${id}`),
    mintBundle: () => ({
      registrationId: stored.registrationId,
      identityKey: identity.publicKey,
      signedPreKey: {
        id: SIGNED_PRE_KEY_ID,
        publicKey: signed.publicKey,
        signature: Buffer.from(stored.signature, 'base64'),
      },
      preKey: mintPreKey(),
    }),
  };
}

function newIdentity(random: Random): StoredIdentity {
  const identity = generateKeyPair(random);
  const signedPreKey = generateKeyPair(random);
  return {
    // 14 bits, never 0: some clients take 0 for "unknown".
    registrationId: random.bytes(2).readUInt16BE() & 0x3f_ff || 1,
    identity: storePair(identity),
    signedPreKey: storePair(signedPreKey),
    signature: toBase64(sign(identity.privateKey, withTypeByte(signedPreKey.publicKey))),
  };
}

function storePair({ publicKey, privateKey }: KeyPair): StoredPair {
  return { publicKey: toBase64(publicKey), privateKey: toBase64(privateKey) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function loadPair({ publicKey, privateKey }: StoredPair): KeyPair {
  return { publicKey: Buffer.from(publicKey, 'base64'), privateKey: Buffer.from(privateKey, 'base64') };
}

/** The store is ours alone; what it returns has the form we gave it. */
function parseIdentity(value: unknown): StoredIdentity | null {
  return value === undefined ? null : (value as StoredIdentity);
}

function parsePair(value: unknown): StoredPair | null {
  return value === undefined ? null : (value as StoredPair);
}
