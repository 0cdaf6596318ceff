import type { Clock, Timer } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { type Device, isLinked } from './device.ts';
import type { DeviceRows, Leases } from './device-ports.ts';
import { hasSocket, isResting } from './device-state.ts';
import { type DeviceRegistry, isRestorable, type ManagedDevice } from './managed-device.ts';

export interface RestoreResult {
  readonly deviceId: DeviceId;
  readonly outcome: 'started' | 'already_running' | 'no_session' | 'failed';
  readonly error: string | null;
}

export interface FleetDeps {
  readonly rows: Pick<DeviceRows, 'find' | 'list'>;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: DeviceRegistry;
  /** The device of a row, kept in the registry from now on. */
  keep(row: Device): ManagedDevice;
}

/** What is done to all devices of this process together. */
export interface DeviceFleet {
  restoreAll(which: 'wanted' | 'every-session'): Promise<RestoreResult[]>;
  restore(device: ManagedDevice): RestoreResult;
  shutdown(): Promise<void>;
}

/** How often devices of dead processes are looked for. */
const SCAN_EVERY_MS = 2_000;

/** Sockets take about a second to close and credentials five at most; the caller has ten seconds for everything. */
const SHUTDOWN_PATIENCE_MS = 8_000;

export function createDeviceFleet(deps: FleetDeps): DeviceFleet {
  const { rows, leases, clock, log, registry, keep } = deps;
  let scans: Timer | null = null;
  let scanning = false;

  const stopListening = leases.onLost((lost) => {
    const affected = lost === 'all' ? [...registry.values()] : [registry.get(lost)];
    for (const device of affected) {
      if (lost !== 'all') device?.connection.leaseLost('device');
      else if (device && !isResting(device.connection.state())) device.connection.leaseLost('all');
    }
  });

  const takeOver = async (): Promise<void> => {
    if (scanning) return;
    scanning = true;
    try {
      for (const deviceId of await leases.claimable()) {
        if (registry.has(deviceId)) continue;
        const row = await rows.find(deviceId);
        if (row && isRestorable(row) && !registry.has(deviceId)) keep(row).connection.resume();
      }
    } catch (error) {
      log.debug({ err: error }, 'no look-out for devices of dead processes');
    } finally {
      scanning = false;
    }
  };

  return {
    async restoreAll(which) {
      const wanted = (await rows.list()).filter((row) =>
        which === 'wanted' ? row.desired === 'running' && isRestorable(row) : isLinked(row),
      );
      const results = wanted.map((row) => restore(keep(row)));
      if (which === 'wanted') scans ??= clock.every(SCAN_EVERY_MS, () => void takeOver());
      return results;
    },
    restore,
    async shutdown() {
      scans?.cancel();
      stopListening();
      const closed = Promise.allSettled([...registry.values()].map(closeForShutdown));
      const patience = Promise.withResolvers<void>();
      const timer = clock.after(SHUTDOWN_PATIENCE_MS, patience.resolve);
      await Promise.race([closed, patience.promise]);
      timer.cancel();
    },
  };
}

/** Paced and not waited for: how it went is the device's state. */
function restore(device: ManagedDevice): RestoreResult {
  const { deviceId, linkState } = device.row();
  const result = (outcome: RestoreResult['outcome']) => ({ deviceId, outcome, error: null });
  if (hasSocket(device.connection.state())) return result('already_running');
  if (!isRestorable({ linkState })) return result('no_session');
  if (device.row().desired !== 'running') device.change({ desired: 'running' });
  device.connection.resume();
  return result('started');
}

/** The answer for a device that could not be restored at all; rethrows what is no answer. */
export function failedRestore(deviceId: DeviceId, error: unknown): RestoreResult {
  if (error instanceof AppError && error.code !== 'DEVICE_NOT_FOUND') {
    return { deviceId, outcome: 'failed', error: error.code };
  }
  throw error;
}

/** A penalty that has not ended stays written, or the next start would connect before its time. */
async function closeForShutdown(device: ManagedDevice): Promise<void> {
  const { connection } = device;
  const state = connection.state();
  if (state.status === 'error') await connection.hangUp();
  else if (!isResting(state)) await connection.rest({ status: 'disconnected', cause: 'shutdown' });
  await device.flush();
}
