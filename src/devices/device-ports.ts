import type { Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Device } from './device.ts';
import type { DeviceEvent } from './device-events.ts';
import type { DeviceState } from './device-state.ts';

/** What the device life writes back to a row; a field left out stays as it is. */
export type DeviceChange = Partial<
  Pick<
    Device,
    | 'desired'
    | 'linkState'
    | 'authMethod'
    | 'phoneNumber'
    | 'jid'
    | 'lid'
    | 'pushName'
    | 'lastStatus'
    | 'lastCause'
    | 'lastActivityAt'
  >
>;

/** What DeviceManager needs of the device rows. */
export interface DeviceRows {
  find(deviceId: DeviceId): Promise<Device | null>;
  list(): Promise<readonly Device[]>;
  update(deviceId: DeviceId, change: DeviceChange): Promise<unknown>;
}

export type LeaseClaim =
  | { readonly kind: 'claimed'; readonly epoch: number }
  | { readonly kind: 'owned-elsewhere'; readonly nodeId: string };

/** What DeviceManager needs of the leases: one owner per device, proven by an epoch. */
export interface Leases {
  claim(deviceId: DeviceId): Promise<LeaseClaim>;
  release(deviceId: DeviceId): Promise<void>;
  held(): ReadonlyMap<DeviceId, number>;
  /** `all`: this process can no longer prove that it owns anything and must close every socket. */
  onLost(listener: (lost: DeviceId | 'all') => void): Unsubscribe;
  /** Devices that should run and that no live process owns. */
  claimable(): Promise<readonly DeviceId[]>;
}

/** What DeviceManager needs of the stored sessions besides opening them. */
export interface StoredSessions {
  has(deviceId: DeviceId): Promise<boolean>;
  /** Erases credentials and keys for good. */
  erase(request: { deviceId: DeviceId; epoch: number | null }): Promise<void>;
  /** Keeps them aside, encrypted, for seven days; then they are gone. */
  entomb(request: { deviceId: DeviceId; reason: string }): Promise<void>;
}

/** What a connection needs of, and tells, the one who keeps it. */
export interface ConnectionHooks {
  /** The row as it is known here. */
  device(): Device;
  /** Reads the row again before a dial; null when the device is not to be run any more. */
  reload(): Promise<Device | null>;
  /** Runs after what else is being done to this device. */
  exclusive(work: () => Promise<void>): void;
  /** Facts to store that are no change of state. */
  onChange(change: DeviceChange): void;
  onState(state: DeviceState, change: DeviceChange): void;
  onEvent(event: DeviceEvent): void;
  /** Another process owns the device. */
  onYield(): void;
}
