import type { Leases } from '../../src/devices/device-ports.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { DeviceId } from '../../src/shared/ids.ts';

/** Leases in memory; another process is played by the test. */
export interface FakeLeases extends Leases {
  /** Another process takes the device, with or without us noticing. */
  takeAway(deviceId: DeviceId): void;
  /** The other process lets go. */
  giveBack(deviceId: DeviceId): void;
  lose(lost: DeviceId | 'all'): void;
  /** What `claimable` answers. */
  orphans: DeviceId[];
}

export function createFakeLeases(): FakeLeases {
  const held = new Map<DeviceId, number>();
  const elsewhere = new Set<DeviceId>();
  const bus = createEventBus<DeviceId | 'all'>((error) => {
    throw error;
  });
  let epoch = 0;
  const leases: FakeLeases = {
    orphans: [],
    async claim(deviceId) {
      if (elsewhere.has(deviceId)) return { kind: 'owned-elsewhere', nodeId: 'other' };
      const known = held.get(deviceId);
      if (known !== undefined) return { kind: 'claimed', epoch: known };
      epoch += 1;
      held.set(deviceId, epoch);
      return { kind: 'claimed', epoch };
    },
    async release(deviceId) {
      held.delete(deviceId);
    },
    held: () => held,
    onLost: bus.subscribe,
    claimable: async () => leases.orphans,
    takeAway(deviceId) {
      elsewhere.add(deviceId);
      held.delete(deviceId);
    },
    giveBack: (deviceId) => void elsewhere.delete(deviceId),
    lose(lost) {
      if (lost === 'all') held.clear();
      else held.delete(lost);
      bus.publish(lost);
    },
  };
  return leases;
}
