import type { Clock } from '../../shared/clock.ts';
import { keyPairFromPrivate, sign } from './curve.ts';
import { encodeProto, type Proto } from './proto.ts';

/** The private keys of an authority, 32 bytes each; what has to be stored to be the same authority tomorrow. */
export interface AuthorityKeys {
  readonly root: Uint8Array;
  readonly intermediate: Uint8Array;
}

/** Vouches for the server's noise key, the way WhatsApp's own root does. */
export interface CertificateAuthority {
  /** The root's public key, 64 hex digits: what clients of the simulator have to trust. */
  readonly rootKeyHex: string;
  /** An encoded CertChain for this noise key (32 bytes), valid from yesterday for a year. */
  issueChain(noiseKey: Uint8Array): Uint8Array;
}

/** Clients demand that the intermediate names serial 0, the root, as its issuer. */
const ROOT_SERIAL = 0;
const INTERMEDIATE_SERIAL = 1;
const LEAF_SERIAL = 2;

const DAY_SECONDS = 86_400;

export function createCertificateAuthority(
  keys: AuthorityKeys,
  { clock }: { clock: Clock },
): CertificateAuthority {
  const root = keyPairFromPrivate(keys.root);
  const intermediate = keyPairFromPrivate(keys.intermediate);

  return {
    rootKeyHex: Buffer.from(root.publicKey).toString('hex'),
    issueChain(noiseKey) {
      const now = Math.floor(clock.now().getTime() / 1000);
      const validity = { notBefore: now - DAY_SECONDS, notAfter: now + 365 * DAY_SECONDS };
      return encodeProto('CertChain', {
        intermediate: certify(root.privateKey, {
          serial: INTERMEDIATE_SERIAL,
          issuerSerial: ROOT_SERIAL,
          key: intermediate.publicKey,
          ...validity,
        }),
        leaf: certify(intermediate.privateKey, {
          serial: LEAF_SERIAL,
          issuerSerial: INTERMEDIATE_SERIAL,
          key: noiseKey,
          ...validity,
        }),
      });
    },
  };
}

function certify(issuerKey: Uint8Array, claims: Proto<'NoiseCertificateDetails'>): Proto<'NoiseCertificate'> {
  const details = encodeProto('NoiseCertificateDetails', claims);
  return { details, signature: sign(issuerKey, details) };
}
