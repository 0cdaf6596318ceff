import type { Clock } from '../../shared/clock.ts';
import type { Random } from '../../shared/random.ts';
import type { StateStore } from '../state/state-store.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../wire/certificate.ts';
import { type KeyPair, keyPairFromPrivate } from '../wire/curve.ts';

/** Who the server is to its clients; the same after a restart. */
export interface ServerIdentity {
  readonly noiseKey: KeyPair;
  readonly authority: CertificateAuthority;
  readonly certificateChain: Uint8Array;
}

const KEY_BYTES = 32;

/** Loads the server's keys from the state, or makes them on its first day. */
export function openServerIdentity(
  state: StateStore,
  { clock, random }: { clock: Clock; random: Random },
): ServerIdentity {
  const secret = (name: string) => {
    const known = state.world.secrets.get(name);
    if (known) return known;
    const value = random.bytes(KEY_BYTES);
    state.commit({ kind: 'secret', name, value });
    return value;
  };
  const noiseKey = keyPairFromPrivate(secret('noise'));
  const authority = createCertificateAuthority(
    { root: secret('root'), intermediate: secret('intermediate') },
    { clock },
  );
  return { noiseKey, authority, certificateChain: authority.issueChain(noiseKey.publicKey) };
}
