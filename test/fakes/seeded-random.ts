import { createHash } from 'node:crypto';
import type { Random } from '../../src/shared/random.ts';

/** Chance that repeats: the same seed gives the same run. */
export function createSeededRandom(seed: number): Random {
  let block = 0;
  const bytes = (count: number): Buffer => {
    const blocks: Buffer[] = [];
    for (let length = 0; length < count; length += 32) {
      blocks.push(createHash('sha256').update(`${seed}/${block}`).digest());
      block += 1;
    }
    return Buffer.concat(blocks, count);
  };
  return { bytes, next: () => bytes(6).readUIntBE(0, 6) / 2 ** 48 };
}
