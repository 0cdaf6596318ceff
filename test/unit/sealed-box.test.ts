import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/shared/random.ts';
import { open, SealBrokenError, seal } from '../../src/shared/sealed-box.ts';

const key = systemRandom.bytes(32);
const plaintext = Buffer.from('a private key');

function problemOf(work: () => unknown): string {
  try {
    work();
    return 'opened';
  } catch (error) {
    return error instanceof SealBrokenError ? error.problem : String(error);
  }
}

describe('sealed box', () => {
  it('opens with the same key and context', () => {
    expect(open(key, seal(key, plaintext, 'a'), 'a')).toEqual(plaintext);
    expect(open(key, seal(key, Buffer.alloc(0), 'a'), 'a')).toEqual(Buffer.alloc(0));
  });

  it('has the documented layout and a nonce of its own each time', () => {
    const [one, two] = [seal(key, plaintext, 'a'), seal(key, plaintext, 'a')];
    expect(one[0]).toBe(1);
    expect(one).toHaveLength(1 + 12 + 16 + plaintext.length);
    expect(one.subarray(1, 13)).not.toEqual(two.subarray(1, 13));
  });

  it('refuses another key, another context and every flipped byte', () => {
    const sealed = seal(key, plaintext, 'a');
    expect(problemOf(() => open(systemRandom.bytes(32), sealed, 'a'))).toBe('refused');
    expect(problemOf(() => open(key, sealed, 'b'))).toBe('refused');
    for (let index = 1; index < sealed.length; index += 1) {
      const flipped = Buffer.from(sealed);
      flipped[index] = (flipped[index] ?? 0) ^ 1;
      expect(problemOf(() => open(key, flipped, 'a'))).toBe('refused');
    }
  });

  it('tells what was never a sealed box from one that does not open', () => {
    expect(problemOf(() => open(key, Buffer.alloc(0), 'a'))).toBe('malformed');
    expect(problemOf(() => open(key, seal(key, plaintext, 'a').subarray(0, 28), 'a'))).toBe('malformed');
    expect(problemOf(() => open(key, Buffer.from('{"noiseKey":{"private":"plain JSON"}}'), 'a'))).toBe(
      'malformed',
    );
  });
});
