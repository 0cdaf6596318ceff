import type { KeyRing } from '../config/key-encryption-key.ts';
import type { DeviceId } from '../shared/ids.ts';
import { createRingSealer } from '../shared/ring-sealer.ts';
import type { ProxySealer } from './device-repository.ts';

/** Encrypts proxy URLs under a key derived from the master key; after a rotation the earlier ones still open. */
export function createProxySealer(ring: KeyRing): ProxySealer {
  const sealer = createRingSealer(ring, 'wafleet proxy url');
  const context = (deviceId: DeviceId) => `proxy:${deviceId}`;
  return {
    seal: (proxyUrl, deviceId) => sealer.seal(proxyUrl, context(deviceId)),
    open: (sealed, deviceId) => sealer.open(sealed, context(deviceId)),
  };
}
