import { hkdfSync } from 'node:crypto';
import type { KeyRing } from '../config/key-encryption-key.ts';
import type { DeviceId } from '../shared/ids.ts';
import { open, SEAL_KEY_BYTES, SealBrokenError, seal } from '../shared/sealed-box.ts';
import type { ProxySealer } from './device-repository.ts';

/** Encrypts proxy URLs under a key derived from the master key; after a rotation the earlier ones still open. */
export function createProxySealer(ring: KeyRing): ProxySealer {
  const derived = ({ key }: { key: Buffer }) =>
    Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'wafleet proxy url', SEAL_KEY_BYTES));
  const current = derived(ring);
  const keys = [current, ...ring.previous.map(derived)];
  const context = (deviceId: DeviceId) => `proxy:${deviceId}`;
  return {
    seal: (proxyUrl, deviceId) => seal(current, Buffer.from(proxyUrl), context(deviceId)).toString('base64'),
    open(sealed, deviceId) {
      const bytes = Buffer.from(sealed, 'base64');
      for (const key of keys) {
        try {
          return open(key, bytes, context(deviceId)).toString('utf8');
        } catch (error) {
          if (!(error instanceof SealBrokenError)) throw error;
        }
      }
      throw new SealBrokenError('refused');
    },
  };
}
