import { createHmac } from 'node:crypto';
import { encodeProto } from '../wire/proto.ts';

/** Who signs whom when a companion is linked. Keys are 32 bytes. */
export interface IdentityInput {
  readonly rawId: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly keyIndex: number;
  readonly accountKey: Uint8Array;
  readonly signWithAccountKey: (message: Uint8Array) => Uint8Array;
  readonly companionIdentityKey: Uint8Array;
  /** Shared with the companion by its QR code, or derived from the pairing code. */
  readonly advSecret: Uint8Array;
}

export interface SignedIdentity {
  /** Encoded ADVDeviceIdentity: what the companion signs in turn. */
  readonly details: Uint8Array;
  readonly accountSignature: Uint8Array;
  /** Encoded ADVSignedDeviceIdentityHMAC: what pair-success carries. */
  readonly sealed: Uint8Array;
}

/** Put before what the account key signs. */
const ACCOUNT_SIGNATURE_PREFIX = Buffer.from([6, 0]);

/** The phone's statement "this companion is mine", and the seal by which the companion knows it is meant. */
export function signDeviceIdentity(input: IdentityInput): SignedIdentity {
  const { rawId, timestamp, keyIndex } = input;
  const details = encodeProto('ADVDeviceIdentity', {
    rawId,
    timestamp,
    keyIndex,
    accountType: 0,
    deviceType: 0,
  });
  const accountSignature = input.signWithAccountKey(
    Buffer.concat([ACCOUNT_SIGNATURE_PREFIX, details, input.companionIdentityKey]),
  );
  const signed = encodeProto('ADVSignedDeviceIdentity', {
    details,
    accountSignatureKey: input.accountKey,
    accountSignature,
  });
  const hmac = createHmac('sha256', input.advSecret).update(signed).digest();
  const sealed = encodeProto('ADVSignedDeviceIdentityHMAC', { details: signed, hmac, accountType: 0 });
  return { details, accountSignature, sealed };
}
