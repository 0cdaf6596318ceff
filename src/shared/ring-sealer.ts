import { hkdfSync } from 'node:crypto';
import { open, SEAL_KEY_BYTES, SealBrokenError, seal } from './sealed-box.ts';

/** The master key, and earlier ones that still open what they sealed. */
interface SealingKeys {
  readonly key: Buffer;
  readonly previous: readonly { readonly key: Buffer }[];
}

/** Small secrets in text columns. */
export interface RingSealer {
  /** `context` names the row: what is sealed for one row opens in no other. */
  seal(text: string, context: string): string;
  /** Throws SealBrokenError when no key of the ring opens it in this context. */
  open(sealed: string, context: string): string;
}

/** Encrypts under a key derived from the master key for this purpose alone; after a rotation the earlier ones still open. */
export function createRingSealer(ring: SealingKeys, purpose: string): RingSealer {
  const derived = ({ key }: { key: Buffer }) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, SEAL_KEY_BYTES));
  const current = derived(ring);
  const keys = [current, ...ring.previous.map(derived)];
  return {
    seal: (text, context) => seal(current, Buffer.from(text), context).toString('base64'),
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64');
      for (const key of keys) {
        try {
          return open(key, bytes, context).toString('utf8');
        } catch (error) {
          if (!(error instanceof SealBrokenError)) throw error;
        }
      }
      throw new SealBrokenError('refused');
    },
  };
}
