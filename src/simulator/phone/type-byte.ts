const CURVE25519 = Buffer.from([5]);

/** The 33-byte form libsignal works with, and signs: the public key after a byte that says "Curve25519". */
export function withTypeByte(publicKey: Uint8Array): Buffer {
  return publicKey.byteLength === 33 ? Buffer.from(publicKey) : Buffer.concat([CURVE25519, publicKey]);
}
