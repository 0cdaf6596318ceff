import type { Random } from '../../shared/random.ts';
import type { KeyPair } from '../wire/curve.ts';
import type { PhoneStore } from './phone-store.ts';
import {
  decodeDistribution,
  decryptFromGroup,
  encodeDistribution,
  encryptForGroup,
  newSenderKey,
  type SenderKey,
  senderKeyIdOf,
} from './sender-key.ts';
import type { SignalAddress } from './signal-endpoint.ts';

/** The sender keys of one phone: its own, one a group, and those others gave it. Groups are named by their JID. */
export interface SenderKeys {
  /**
   * Makes sure there is a key that nobody outside `devices` holds: when one that was given it is not among them, a
   * new key is made. Answers which of them have not been given the key yet.
   */
  prepare(group: string, devices: readonly string[]): readonly string[];
  /** The own key from its next message on, for those who are to be given it; null when there is none. */
  distribution(group: string): Uint8Array | null;
  /** Notes who has been given the key. */
  noteGiven(group: string, devices: readonly string[]): void;
  /** Encrypts with the own key. Throws when there is none. */
  encrypt(group: string, plaintext: Uint8Array): Uint8Array;
  /** Takes a key another device hands over. Throws when it is none. */
  learn(group: string, sender: SignalAddress, distribution: Uint8Array): void;
  /** Throws when the key is unknown, or the message was read before, or its signature is wrong. */
  decrypt(group: string, sender: SignalAddress, bytes: Uint8Array): Uint8Array;
}

/** How many keys of one sender are kept: messages may come after the key that followed theirs. */
const KEPT_KEYS = 5;

interface StoredKey {
  readonly id: number;
  readonly iteration: number;
  readonly chainKey: string;
  readonly signingKey: string;
  readonly skipped: readonly (readonly [number, string])[];
}

interface StoredOwnKey extends StoredKey {
  readonly signingPrivate: string;
  readonly given: readonly string[];
}

/** The sender keys in the store of the phones. */
export function openSenderKeys({
  store,
  phoneNumber,
  random,
}: {
  store: PhoneStore;
  phoneNumber: string;
  random: Random;
}): SenderKeys {
  const ownName = (group: string) => `own-sender-key/${phoneNumber}/${group}`;
  const otherName = (group: string, { user, device }: SignalAddress) =>
    `sender-key/${phoneNumber}/${group}/${user}.${device}`;
  const own = (group: string) => toOwnKey(store.get(ownName(group)));
  const keep = (group: string, key: OwnKey) => store.set(ownName(group), fromOwnKey(key));
  const others = (group: string, sender: SignalAddress) => toKeys(store.get(otherName(group, sender)));
  const keepOthers = (group: string, sender: SignalAddress, keys: readonly SenderKey[]) =>
    store.set(otherName(group, sender), keys.map(fromKey));

  return {
    prepare(group, devices) {
      const known = own(group);
      const isLeaked = known?.given.some((device) => !devices.includes(device)) ?? true;
      const current = known && !isLeaked ? known : { ...newSenderKey(random), given: [] };
      if (current !== known) keep(group, current);
      return devices.filter((device) => !current.given.includes(device));
    },
    distribution(group) {
      const known = own(group);
      return known && encodeDistribution(known.key);
    },
    noteGiven(group, devices) {
      const known = own(group);
      if (known) keep(group, { ...known, given: [...new Set([...known.given, ...devices])] });
    },
    encrypt(group, plaintext) {
      const known = own(group);
      if (!known) throw new Error('there is no sender key for this group');
      const { bytes, next } = encryptForGroup(known.key, known.signing, plaintext);
      keep(group, { ...known, key: next });
      return bytes;
    },
    learn(group, sender, distribution) {
      const key = decodeDistribution(distribution);
      const known = others(group, sender);
      // The key one has reads further back than the same key handed over again.
      if (known.some(({ id, iteration }) => id === key.id && iteration <= key.iteration)) return;
      const kept = known.filter(({ id }) => id !== key.id);
      keepOthers(group, sender, [...kept, key].slice(-KEPT_KEYS));
    },
    decrypt(group, sender, bytes) {
      const keys = others(group, sender);
      const id = senderKeyIdOf(bytes);
      const key = keys.find((known) => known.id === id);
      if (!key) throw new Error('the sender key of the group message is unknown');
      const { plaintext, next } = decryptFromGroup(key, bytes);
      keepOthers(
        group,
        sender,
        keys.map((known) => (known === key ? next : known)),
      );
      return plaintext;
    },
  };
}

interface OwnKey {
  readonly key: SenderKey;
  readonly signing: KeyPair;
  readonly given: readonly string[];
}

function fromKey({ id, iteration, chainKey, signingKey, skipped }: SenderKey): StoredKey {
  return {
    id,
    iteration,
    chainKey: toText(chainKey),
    signingKey: toText(signingKey),
    skipped: [...skipped].map(([number, seed]) => [number, toText(seed)]),
  };
}

function toKey({ id, iteration, chainKey, signingKey, skipped }: StoredKey): SenderKey {
  return {
    id,
    iteration,
    chainKey: toBytes(chainKey),
    signingKey: toBytes(signingKey),
    skipped: new Map(skipped.map(([number, seed]) => [number, toBytes(seed)])),
  };
}

function fromOwnKey({ key, signing, given }: OwnKey): StoredOwnKey {
  return { ...fromKey(key), signingPrivate: toText(signing.privateKey), given };
}

/** The store is ours alone; what it returns has the form we gave it. */
function toOwnKey(value: unknown): OwnKey | null {
  if (value === undefined) return null;
  const stored = value as StoredOwnKey;
  const key = toKey(stored);
  const signing = { publicKey: key.signingKey, privateKey: toBytes(stored.signingPrivate) };
  return { key, signing, given: stored.given };
}

function toKeys(value: unknown): readonly SenderKey[] {
  return value === undefined ? [] : (value as readonly StoredKey[]).map(toKey);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function toBytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
