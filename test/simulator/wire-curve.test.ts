import { generateKeyPair as libsignalPair, verifySignature } from 'libsignal/src/curve.js';
import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { generateKeyPair, sign, verify } from '../../src/simulator/wire/curve.ts';

const COUNT = 20;
const withType = (publicKey: Uint8Array) => Buffer.concat([Buffer.from([5]), publicKey]);

describe('a signature', () => {
  it('is right for us exactly when it is for libsignal', () => {
    for (let index = 0; index < COUNT; index += 1) {
      const pair = generateKeyPair(systemRandom);
      const message = systemRandom.bytes(1 + index * 7);
      const signature = Buffer.from(sign(pair.privateKey, message));
      expect(verify(pair.publicKey, message, signature)).toBe(true);
      expect(verifySignature(withType(pair.publicKey), message, signature)).toBe(true);
      const forged = Buffer.from(signature);
      const at = index * 3;
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(verify(pair.publicKey, message, forged)).toBe(false);
      expect(verify(pair.publicKey, Buffer.concat([message, Buffer.of(0)]), signature)).toBe(false);
      expect(verify(generateKeyPair(systemRandom).publicKey, message, signature)).toBe(false);
    }
  });

  it('of keys libsignal made is right as well', () => {
    for (let index = 0; index < COUNT; index += 1) {
      const { pubKey, privKey } = libsignalPair();
      const message = systemRandom.bytes(64);
      expect(verify(pubKey.subarray(1), message, sign(privKey, message))).toBe(true);
    }
  });

  it('by no key at all is wrong, not an exception', () => {
    const signature = Buffer.alloc(64, 9);
    for (const fill of [0, 1, 2, 0xff]) {
      expect(verify(Buffer.alloc(32, fill), Buffer.from('text'), signature)).toBe(false);
    }
    expect(verify(Buffer.alloc(31), Buffer.from('text'), signature)).toBe(false);
    expect(verify(Buffer.alloc(32, 9), Buffer.from('text'), Buffer.alloc(63))).toBe(false);
  });
});
