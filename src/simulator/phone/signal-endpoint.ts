import { ProtocolAddress, SessionBuilder, SessionCipher, SessionRecord, type SignalStorage } from 'libsignal';
import type { Random } from '../../shared/random.ts';
import type { KeyBundle } from '../core.ts';
import { type KeyPair, sharedSecret, sign, verify } from '../wire/curve.ts';
import type { PhoneStore } from './phone-store.ts';
import { silenceLibsignal } from './quiet-console.ts';
import { openSignalKeys, type SignalKeys } from './signal-keys.ts';
import { withTypeByte } from './type-byte.ts';

/** A peer's device as Signal knows it. `user` is the LID: one person, one name, however the stanza was addressed. */
export interface SignalAddress {
  readonly user: string;
  readonly device: number;
}

export interface Ciphertext {
  /** `pkmsg` opens a session, `msg` continues one. */
  readonly type: 'pkmsg' | 'msg';
  readonly bytes: Uint8Array;
}

/** A party of the Signal protocol with its own identity: X3DH and double ratchet are libsignal's. */
export interface SignalEndpoint {
  readonly registrationId: number;
  /** 32 bytes. */
  readonly identityKey: Uint8Array;
  /** What others need to write first; mints a one-time pre-key each time. */
  mintBundle(): KeyBundle;
  /** XEdDSA with the identity key. */
  sign(message: Uint8Array): Uint8Array;
  /** X25519 with the identity key. */
  agree(publicKey: Uint8Array): Uint8Array;
  hasSession(peer: SignalAddress): Promise<boolean>;
  /** Starts over with a device. Throws when its signed pre-key is not signed by its identity. */
  startSession(peer: SignalAddress, bundle: KeyBundle): Promise<void>;
  /** Throws when there is no session. */
  encrypt(peer: SignalAddress, plaintext: Uint8Array): Promise<Ciphertext>;
  /** Throws when the message is damaged, was read before, or belongs to no session. */
  decrypt(peer: SignalAddress, ciphertext: Ciphertext): Promise<Uint8Array>;
}

interface EndpointOptions {
  store: PhoneStore;
  phoneNumber: string;
  random: Random;
}

/** The Signal side of one phone; its keys and sessions live in the store. */
export function openSignalEndpoint(options: EndpointOptions): SignalEndpoint {
  silenceLibsignal();
  const keys = openSignalKeys(options);
  const storage = createStorage(options, keys);
  // libsignal queues work by address for the whole process, so the owner is part of the name.
  const address = (peer: SignalAddress) =>
    new ProtocolAddress(`${options.phoneNumber}>${peer.user}`, peer.device);
  const cipher = (peer: SignalAddress) => new SessionCipher(storage, address(peer));
  return {
    registrationId: keys.registrationId,
    identityKey: keys.identity.publicKey,
    mintBundle: () => keys.mintBundle(),
    sign: (message) => sign(keys.identity.privateKey, message),
    agree: (publicKey) => sharedSecret(keys.identity.privateKey, publicKey),
    async hasSession(peer) {
      const record = await storage.loadSession(address(peer).toString());
      return record?.haveOpenSession() ?? false;
    },
    async startSession(peer, bundle) {
      assertSigned(bundle);
      await new SessionBuilder(storage, address(peer)).initOutgoing(toLibsignalBundle(bundle));
    },
    async encrypt(peer, plaintext) {
      const { type, body } = await cipher(peer).encrypt(Buffer.from(plaintext));
      return { type: type === 3 ? 'pkmsg' : 'msg', bytes: toBytes(body) };
    },
    decrypt(peer, { type, bytes }) {
      const data = Buffer.from(bytes);
      return type === 'pkmsg'
        ? cipher(peer).decryptPreKeyWhisperMessage(data)
        : cipher(peer).decryptWhisperMessage(data);
    },
  };
}

function createStorage({ store, phoneNumber }: EndpointOptions, keys: SignalKeys): SignalStorage {
  const sessionKey = (address: string) => `session/${phoneNumber}/${address.slice(phoneNumber.length + 1)}`;
  return {
    async loadSession(address) {
      const stored = store.get(sessionKey(address));
      return stored === undefined ? null : SessionRecord.deserialize(toSerialized(stored));
    },
    async storeSession(address, session) {
      store.set(sessionKey(address), session.serialize());
    },
    // People change phones, and a simulator has nobody to ask.
    isTrustedIdentity: () => true,
    loadPreKey: async (id) => toLibsignalPair(keys.preKey(Number(id))),
    removePreKey: (id) => keys.removePreKey(id),
    loadSignedPreKey(id: number = 1) {
      const pair = toLibsignalPair(keys.signedPreKey(id));
      if (!pair) throw new Error('unknown signed pre-key');
      return pair;
    },
    getOurRegistrationId: () => keys.registrationId,
    getOurIdentity: () => ({
      pubKey: withTypeByte(keys.identity.publicKey),
      privKey: Buffer.from(keys.identity.privateKey),
    }),
  };
}

/** libsignal 6 skips this check when it opens a session. */
function assertSigned({ identityKey, signedPreKey }: KeyBundle): void {
  if (verify(identityKey, withTypeByte(signedPreKey.publicKey), signedPreKey.signature)) return;
  throw new Error('the signed pre-key does not carry the signature of its identity');
}

type LibsignalBundle = Parameters<SessionBuilder['initOutgoing']>[0];

/** libsignal's declarations demand a one-time pre-key; its code does without one. */
function toLibsignalBundle({
  registrationId,
  identityKey,
  signedPreKey,
  preKey,
}: KeyBundle): LibsignalBundle {
  return {
    registrationId,
    identityKey: withTypeByte(identityKey),
    signedPreKey: {
      keyId: signedPreKey.id,
      publicKey: withTypeByte(signedPreKey.publicKey),
      signature: Buffer.from(signedPreKey.signature),
    },
    ...(preKey && { preKey: { keyId: preKey.id, publicKey: withTypeByte(preKey.publicKey) } }),
  } as LibsignalBundle;
}

function toLibsignalPair(pair: KeyPair | null): { pubKey: Buffer; privKey: Buffer } | undefined {
  if (!pair) return undefined;
  return { pubKey: withTypeByte(pair.publicKey), privKey: Buffer.from(pair.privateKey) };
}

/** A serialized record is plain JSON data, whatever the declarations say. */
function toSerialized(stored: unknown): Uint8Array {
  return stored as Uint8Array;
}

/** Declared as text, delivered as bytes. */
function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new Error('libsignal returned something other than bytes');
}
