import { describe, expect, it } from 'vitest';
import { createRingSealer } from '../../src/shared/ring-sealer.ts';
import { SealBrokenError } from '../../src/shared/sealed-box.ts';

const [FIRST, SECOND] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const alone = (key: Buffer) => ({ key, previous: [] });

describe('a secret sealed with the key ring', () => {
  const sealer = createRingSealer(alone(FIRST), 'things');
  const sealed = sealer.seal('a secret', 'row:1');

  it('opens in its row, also after a rotation of the master key', () => {
    const rotated = createRingSealer({ key: SECOND, previous: [{ key: FIRST }] }, 'things');
    expect(sealed).not.toContain('secret');
    expect(sealer.open(sealed, 'row:1')).toBe('a secret');
    expect(rotated.open(sealed, 'row:1')).toBe('a secret');
    expect(createRingSealer(alone(SECOND), 'things').open(rotated.seal('new', 'row:1'), 'row:1')).toBe('new');
  });

  it.each([
    ['another row', alone(FIRST), 'things', 'row:2'],
    ['another purpose', alone(FIRST), 'others', 'row:1'],
    ['another master key', alone(SECOND), 'things', 'row:1'],
  ])('does not open for %s', (_what, ring, purpose, context) => {
    expect(() => createRingSealer(ring, purpose).open(sealed, context)).toThrow(SealBrokenError);
  });
});
