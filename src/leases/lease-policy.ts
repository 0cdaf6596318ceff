import type { DeviceId } from '../shared/ids.ts';

/** The times of the lease protocol, in milliseconds. */
export interface LeaseTimes {
  /** How long a renewal protects the leases, by the database's clock. */
  readonly ttlMs: number;
  readonly renewEveryMs: number;
  /** After so long without a renewal this process gives its leases up by itself; shorter than `ttlMs`. */
  readonly fenceAfterMs: number;
}

export const DEFAULT_LEASE_TIMES: LeaseTimes = { ttlMs: 15_000, renewEveryMs: 5_000, fenceAfterMs: 10_000 };

/**
 * How long until this process must give up. Counted from when the last renewal that succeeded was sent: the database may have
 * counted its time from any later moment, never from an earlier one.
 */
export function untilFence(
  times: LeaseTimes,
  { renewedAt, now }: { renewedAt: number; now: number },
): number {
  return Math.max(0, renewedAt + times.fenceAfterMs - now);
}

/** The devices we think we hold and the database says we do not, or not under this epoch. */
export function lostDevices(
  held: ReadonlyMap<DeviceId, number>,
  stored: ReadonlyMap<string, number>,
): DeviceId[] {
  return [...held]
    .filter(([deviceId, epoch]) => stored.get(deviceId) !== epoch)
    .map(([deviceId]) => deviceId);
}
