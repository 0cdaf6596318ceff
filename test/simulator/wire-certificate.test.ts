import { calculateSignature } from 'libsignal/src/curve.js';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createCertificateAuthority } from '../../src/simulator/wire/certificate.ts';
import {
  generateKeyPair,
  keyPairFromPrivate,
  sharedSecret,
  sign,
  verify,
} from '../../src/simulator/wire/curve.ts';
import { decodeProto, encodeProto } from '../../src/simulator/wire/proto.ts';
import { WireError } from '../../src/simulator/wire/wire-error.ts';
import { createSeededRandom } from '../fakes/seeded-random.ts';

const random = createSeededRandom(6);
const KEYS = { root: random.bytes(32), intermediate: random.bytes(32) };
const AUTHORITY = createCertificateAuthority(KEYS, { clock: systemClock });
const NOISE_KEY = generateKeyPair(random).publicKey;

/** What a client that takes the chain seriously checks; the reason of a refusal, or null. */
function refusal(chainBytes: Uint8Array, rootKeyHex: string, noiseKey: Uint8Array): string | null {
  const { leaf, intermediate } = decodeProto('CertChain', chainBytes);
  if (!leaf?.details || !leaf.signature || !intermediate?.details || !intermediate.signature)
    return 'incomplete';
  const issuer = decodeProto('NoiseCertificateDetails', intermediate.details);
  const subject = decodeProto('NoiseCertificateDetails', leaf.details);
  if (!verify(Buffer.from(rootKeyHex, 'hex'), intermediate.details, intermediate.signature))
    return 'intermediate';
  if (!issuer.key || !verify(issuer.key, leaf.details, leaf.signature)) return 'leaf';
  if (issuer.issuerSerial !== 0 || subject.issuerSerial !== issuer.serial) return 'serials';
  if (!subject.key || Buffer.compare(subject.key, noiseKey) !== 0) return 'key';
  const now = systemClock.now().getTime() / 1000;
  const isValid = [issuer, subject].every(
    ({ notBefore = Infinity, notAfter = 0 }) => notBefore < now && now < notAfter,
  );
  return isValid ? null : 'time';
}

describe('the chain for the noise key', () => {
  const chain = AUTHORITY.issueChain(NOISE_KEY);

  it('passes a strict verifier', () => {
    expect(AUTHORITY.rootKeyHex).toMatch(/^[0-9a-f]{64}$/);
    expect(refusal(chain, AUTHORITY.rootKeyHex, NOISE_KEY)).toBeNull();
  });

  it('fails it with one bit flipped in any signature or detail', () => {
    const { leaf, intermediate } = decodeProto('CertChain', chain);
    for (const which of ['leaf', 'intermediate'] as const) {
      for (const part of ['details', 'signature'] as const) {
        const certificate = { leaf, intermediate }[which];
        const flipped = Buffer.from(certificate?.[part] ?? []);
        // The last byte: in the details part of a time, which keeps the protobuf well-formed.
        const at = flipped.length - (part === 'details' ? 2 : 1);
        flipped[at] = (flipped[at] ?? 0) ^ 1;
        const forged = encodeProto('CertChain', {
          ...{ leaf, intermediate },
          [which]: { ...certificate, [part]: flipped },
        });
        expect(refusal(forged, AUTHORITY.rootKeyHex, NOISE_KEY)).toBe(which);
      }
    }
  });

  it('fails it for another root or another noise key', () => {
    const other = generateKeyPair(random);
    expect(refusal(chain, Buffer.from(other.publicKey).toString('hex'), NOISE_KEY)).toBe('intermediate');
    expect(refusal(chain, AUTHORITY.rootKeyHex, other.publicKey)).toBe('key');
  });

  it('has the same root when made again from the stored keys', () => {
    const again = createCertificateAuthority(KEYS, { clock: systemClock });
    expect(again.rootKeyHex).toBe(AUTHORITY.rootKeyHex);
    expect(refusal(again.issueChain(NOISE_KEY), AUTHORITY.rootKeyHex, NOISE_KEY)).toBeNull();
  });
});

const RFC_7748 = {
  alicePrivate: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
  alicePublic: '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  bobPrivate: '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
  bobPublic: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  shared: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
} as const;

describe('the curve', () => {
  it('derives the public key and shared secret of RFC 7748 (6.1)', () => {
    const hex = (text: string) => Buffer.from(text, 'hex');
    const alice = keyPairFromPrivate(hex(RFC_7748.alicePrivate));
    const bob = keyPairFromPrivate(hex(RFC_7748.bobPrivate));
    expect(alice.publicKey).toEqual(hex(RFC_7748.alicePublic));
    expect(bob.publicKey).toEqual(hex(RFC_7748.bobPublic));
    expect(sharedSecret(bob.privateKey, alice.publicKey)).toEqual(hex(RFC_7748.shared));
    expect(sharedSecret(alice.privateKey, bob.publicKey)).toEqual(hex(RFC_7748.shared));
  });

  it('signs what libsignal verifies and the reverse', () => {
    const pair = generateKeyPair(random);
    const message = Buffer.from('to be signed');
    expect(verify(pair.publicKey, message, sign(pair.privateKey, message))).toBe(true);
    const theirs = calculateSignature(Buffer.from(pair.privateKey), message);
    expect(verify(pair.publicKey, message, theirs)).toBe(true);
    expect(verify(pair.publicKey, Buffer.from('something else'), theirs)).toBe(false);
    expect(verify(generateKeyPair(random).publicKey, message, theirs)).toBe(false);
  });

  it('calls malformed keys and signatures wrong', () => {
    const pair = generateKeyPair(random);
    expect(verify(pair.publicKey, Buffer.from('x'), Buffer.alloc(63))).toBe(false);
    expect(verify(pair.publicKey.subarray(1), Buffer.from('x'), Buffer.alloc(64))).toBe(false);
  });

  it('refuses public keys no honest party sends', () => {
    const pair = generateKeyPair(random);
    expect(() => sharedSecret(pair.privateKey, Buffer.alloc(32))).toThrow(WireError);
    expect(() => sharedSecret(pair.privateKey, Buffer.alloc(31))).toThrow(WireError);
    expect(() => keyPairFromPrivate(Buffer.alloc(31))).toThrow(WireError);
  });
});
