import type { KeyBundle } from '../core.ts';
import { PACKED_PRE_KEY_BYTES } from '../state/pre-key-stock.ts';
import type { ServerContext } from './context.ts';

/** A linked device whose keys were made elsewhere. Keys are 32 bytes, the signature 64. */
export interface ImportedDevice {
  readonly phoneNumber: string;
  readonly lid?: string;
  readonly pushName?: string;
  readonly device: number;
  readonly noiseKey: Uint8Array;
  readonly identityKey: Uint8Array;
  readonly registrationId: number;
  readonly signedPreKey: KeyBundle['signedPreKey'];
  /** One-time pre-keys the client has published. */
  readonly preKeys: readonly { readonly id: number; readonly publicKey: Uint8Array }[];
}

/** Registers the account, if it is new, and the device, as if it had been linked and had uploaded its pre-keys. */
export function importDevice({ directory, state }: ServerContext, imported: ImportedDevice): void {
  const { phoneNumber, device, preKeys, noiseKey, identityKey, registrationId, signedPreKey } = imported;
  const { lid, pushName } = imported;
  const account = directory.createAccount({
    phoneNumber,
    ...(lid !== undefined && { lid }),
    ...(pushName !== undefined && { pushName }),
  });
  directory.addDevice(account, device, {
    keyIndex: device,
    noiseKey,
    identityKey,
    registrationId,
    signedPreKey,
  });
  const packed = Buffer.alloc(preKeys.length * PACKED_PRE_KEY_BYTES);
  for (const [index, { id, publicKey }] of preKeys.entries()) {
    packed.writeUIntBE(id, index * PACKED_PRE_KEY_BYTES, 3);
    packed.set(publicKey, index * PACKED_PRE_KEY_BYTES + 3);
  }
  state.commit({ kind: 'pre-keys', phoneNumber, device, packed });
  state.commit({ kind: 'device-greeted', phoneNumber, device });
}
