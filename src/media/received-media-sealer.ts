import type { KeyRing } from '../config/key-encryption-key.ts';
import { createRingSealer } from '../shared/ring-sealer.ts';
import type { MediaSecret } from '../whatsapp/media-secret.ts';

/** What opens the files of received messages, as it is kept; `id` is that of the row. */
export interface MediaSealer {
  seal(secret: MediaSecret, id: string): Buffer;
  /** Throws SealBrokenError when no key of the ring opens it in this row. */
  open(sealed: Uint8Array, id: string): MediaSecret;
}

/** Encrypts under a key derived from the master key; after a rotation the earlier ones still open. */
export function createMediaSealer(ring: KeyRing): MediaSealer {
  const sealer = createRingSealer(ring, 'wafleet received media');
  const context = (id: string) => `received-media:${id}`;
  return {
    seal(secret, id) {
      const { mediaKey, sha256, encryptedSha256, ...rest } = secret;
      const text = JSON.stringify({
        ...rest,
        mediaKey: toText(mediaKey),
        sha256: toText(sha256),
        encryptedSha256: toText(encryptedSha256),
      });
      return Buffer.from(sealer.seal(text, context(id)), 'base64');
    },
    open(sealed, id) {
      const text = sealer.open(toText(sealed), context(id));
      // Only `seal` writes what opens here.
      const { mediaKey, sha256, encryptedSha256, ...rest } = JSON.parse(text) as SealedSecret;
      return {
        ...rest,
        mediaKey: Buffer.from(mediaKey, 'base64'),
        sha256: Buffer.from(sha256, 'base64'),
        encryptedSha256: Buffer.from(encryptedSha256, 'base64'),
      };
    },
  };
}

interface SealedSecret extends Pick<MediaSecret, 'kind' | 'directPath' | 'sizeBytes'> {
  readonly mediaKey: string;
  readonly sha256: string;
  readonly encryptedSha256: string;
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
