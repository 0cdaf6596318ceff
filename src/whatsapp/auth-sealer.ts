import type { KeyEncryptionKey, KeyRing } from '../config/key-encryption-key.ts';
import type { DeviceId } from '../shared/ids.ts';
import { systemRandom } from '../shared/random.ts';
import { open, SEAL_KEY_BYTES, SealBrokenError, seal } from '../shared/sealed-box.ts';

/** A device's own key as it is stored: wrapped by the key encryption key with this id. */
export interface WrappedDataKey {
  readonly kekId: string;
  readonly wrapped: Buffer;
}

/** Seals and opens what belongs to one device. Opening throws SealBrokenError. */
export interface DeviceSealer {
  readonly wrapped: WrappedDataKey;
  sealCreds(plaintext: Uint8Array): Buffer;
  openCreds(sealed: Uint8Array): Buffer;
  sealKey(type: string, keyId: string, plaintext: Uint8Array): Buffer;
  openKey(type: string, keyId: string, sealed: Uint8Array): Buffer;
}

/** Part of every context below: a change of format gets a new number, and old rows cannot pass for new ones. */
const SCHEMA = 1;

/** A sealer with a new data key, for a device that stores credentials for the first time. */
export function createDeviceSealer(ring: KeyRing, deviceId: DeviceId): DeviceSealer {
  const dataKey = systemRandom.bytes(SEAL_KEY_BYTES);
  return sealerOf(deviceId, dataKey, wrapDataKey(ring, deviceId, dataKey));
}

/** The sealer of a stored data key. Throws SealBrokenError when no key of the ring wrapped it. */
export function openDeviceSealer(ring: KeyRing, deviceId: DeviceId, stored: WrappedDataKey): DeviceSealer {
  return sealerOf(deviceId, unwrapDataKey(ring, deviceId, stored), stored);
}

/** The same data key under the current key of the ring; null when it is already. Throws SealBrokenError. */
export function rewrap(ring: KeyRing, deviceId: string, stored: WrappedDataKey): WrappedDataKey | null {
  if (stored.kekId === ring.id) return null;
  return wrapDataKey(ring, deviceId, unwrapDataKey(ring, deviceId, stored));
}

function sealerOf(deviceId: DeviceId, dataKey: Buffer, wrapped: WrappedDataKey): DeviceSealer {
  const creds = context(deviceId, 'creds', '');
  return {
    wrapped,
    sealCreds: (plaintext) => seal(dataKey, plaintext, creds),
    openCreds: (sealed) => open(dataKey, sealed, creds),
    sealKey: (type, keyId, plaintext) => seal(dataKey, plaintext, context(deviceId, `key:${type}`, keyId)),
    openKey: (type, keyId, sealed) => open(dataKey, sealed, context(deviceId, `key:${type}`, keyId)),
  };
}

function wrapDataKey(kek: KeyEncryptionKey, deviceId: string, dataKey: Buffer): WrappedDataKey {
  return { kekId: kek.id, wrapped: seal(kek.key, dataKey, context(deviceId, 'data-key', kek.id)) };
}

function unwrapDataKey(ring: KeyRing, deviceId: string, { kekId, wrapped }: WrappedDataKey): Buffer {
  const kek = [ring, ...ring.previous].find(({ id }) => id === kekId);
  if (!kek) throw new SealBrokenError('refused');
  return open(kek.key, wrapped, context(deviceId, 'data-key', kekId));
}

/** What sealed bytes are bound to; JSON, so that no two contexts can read alike. */
function context(deviceId: string, type: string, keyId: string): string {
  return JSON.stringify(['auth', SCHEMA, deviceId, type, keyId]);
}
