import { randomBytes, randomFillSync } from 'node:crypto';

/** All chance comes from here, so that a test can repeat a run. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(count: number): Buffer;
  /** A number in [0, 1). */
  next(): number;
}

/** The randomness of the machine. */
export const systemRandom: Random = {
  bytes: fewBytes,
  next: () => fewBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** Asking the machine for twelve bytes costs as much as for four thousand, and every message needs some. */
const store = Buffer.alloc(4_096);
let taken = store.length;

function fewBytes(count: number): Buffer {
  if (count > 64) return randomBytes(count);
  if (taken + count > store.length) {
    randomFillSync(store);
    taken = 0;
  }
  const bytes = Buffer.from(store.subarray(taken, taken + count));
  // Nobody gets them twice, and nobody finds them here.
  store.fill(0, taken, taken + count);
  taken += count;
  return bytes;
}
