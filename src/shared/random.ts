import { randomBytes } from 'node:crypto';

/** All chance comes from here, so that a test can repeat a run. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(count: number): Buffer;
  /** A number in [0, 1). */
  next(): number;
}

/** The randomness of the machine. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};
