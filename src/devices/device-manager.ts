import { AppError } from '../shared/errors.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import { type Device, isLinked } from './device.ts';
import type { CauseCode } from './device-cause.ts';
import { createDeviceFleet, failedRestore, type RestoreResult } from './device-fleet.ts';
import type { PairingCode } from './device-pairing.ts';
import type { DeviceChange, Leases, StoredSessions } from './device-ports.ts';
import { type DeviceState, hasSocket, isResting, type RestingStatus } from './device-state.ts';
import { type DeviceView, toDeviceView } from './device-view.ts';
import {
  createManagedDevice,
  type DeviceRegistry,
  type ManagedDevice,
  type ManagedDeviceDeps,
} from './managed-device.ts';

export type { PairingCode } from './device-pairing.ts';

export type StartOutcome = 'started' | 'already-connected' | 'already-connecting';

/** The registry of the devices this process runs. Every method takes ids of devices that have a row. */
export interface DeviceManager {
  /**
   * Wants the device running and opens a socket: with the stored session, or a QR code will come. Resolves when the
   * attempt is under way. Throws DEVICE_NOT_FOUND, DEVICE_OWNED_ELSEWHERE, DEVICE_AUTH_CORRUPT.
   */
  start(deviceId: DeviceId): Promise<StartOutcome>;
  /** Wants the device stopped, across restarts too, and closes its socket; the session stays. Idempotent. */
  stop(deviceId: DeviceId): Promise<void>;
  /** A new socket with the same session. Throws as `start` does. */
  restart(deviceId: DeviceId): Promise<void>;
  /**
   * Starts pairing by code for `phoneNumber` (digits only) and resolves with the code. Throws DEVICE_ALREADY_PAIRED,
   * DEVICE_OWNED_ELSEWHERE, WHATSAPP_UNAVAILABLE when no code came in time.
   */
  pairWithCode(deviceId: DeviceId, phoneNumber: string): Promise<PairingCode>;
  /** Unlinks at WhatsApp where possible, then stops for good; the session is entombed. Idempotent. */
  logout(deviceId: DeviceId): Promise<'confirmed' | 'timed-out' | 'not-connected'>;
  /** Stops, forbids reconnecting and erases the session. History, recipients and settings stay. Idempotent. */
  wipe(deviceId: DeviceId): Promise<void>;
  /** Stops and forgets the device; its session is erased. The caller removes the row afterwards. Idempotent. */
  remove(deviceId: DeviceId): Promise<void>;
  /**
   * Runs `work` under the lease of a device that is stopped and stays so meanwhile; the row takes over `change`. Throws
   * DEVICE_NOT_FOUND, DEVICE_RUNNING, DEVICE_OWNED_ELSEWHERE.
   */
  whileStopped<T>(deviceId: DeviceId, work: (stopped: StoppedDevice) => Promise<Done<T>>): Promise<T>;
  /** A caller changed the row: settings hold from now on, a proxy from the next socket. */
  edited(row: Device): void;
  /** The live state; null where this process does not run the device. */
  stateOf(deviceId: DeviceId): DeviceState | null;
  /** The row with its live state as callers see it. */
  viewOf(device: Device): DeviceView;
  /** The open socket. Throws DEVICE_NOT_CONNECTED. */
  socketOf(deviceId: DeviceId): WhatsAppSocket;
  /**
   * Starts linked devices, paced; resolves when each attempt is under way or waits its turn. `wanted`: those not
   * stopped on purpose (start-up; from then on it also takes over devices of processes that died); `every-session`:
   * all that have a session (an operator asked).
   */
  restoreAll(which: 'wanted' | 'every-session'): Promise<RestoreResult[]>;
  /** The same for one device, whether or not it was stopped on purpose. Throws DEVICE_NOT_FOUND. */
  restore(deviceId: DeviceId): Promise<RestoreResult>;
  /** Closes every socket and stores what changed; at most 10 seconds. Rows keep what they want. */
  shutdown(): Promise<void>;
}

/** A device without a socket, and the epoch under which this process holds its lease. */
export interface StoppedDevice {
  readonly device: Device;
  readonly epoch: number;
}

export interface Done<T> {
  readonly result: T;
  readonly change?: DeviceChange;
}

export interface DeviceManagerDeps extends ManagedDeviceDeps {
  readonly leases: Leases;
  readonly sessions: StoredSessions;
  /** Drops what the sockets of a device share; called when its session ends. */
  forgetSocketCaches(deviceId: DeviceId): void;
  /** Erases what was kept of the account's chats; called after its session is gone, which a full disk must not hold up. */
  eraseChatStore(deviceId: DeviceId): Promise<void>;
}

/** How long a logout waits for WhatsApp's word; a wipe only says goodbye. */
const LOGOUT_PATIENCE_MS = 5_000;
const GOODBYE_PATIENCE_MS = 2_000;

export function createDeviceManager(deps: DeviceManagerDeps): DeviceManager {
  const { rows, leases, sessions, bus, clock } = deps;
  const registry: DeviceRegistry = new Map();

  const keep = (row: Device): ManagedDevice => {
    const known = registry.get(row.deviceId);
    if (known) return known;
    const onYield = () => {
      device.close();
      registry.delete(row.deviceId);
    };
    const device: ManagedDevice = createManagedDevice(row, { deps, onYield });
    registry.set(row.deviceId, device);
    return device;
  };
  /** The device with its row read anew. */
  const get = async (deviceId: DeviceId): Promise<ManagedDevice> => {
    const row = await rows.find(deviceId);
    if (!row) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    const device = keep(row);
    device.adopt(row);
    return device;
  };
  /** Runs `work` on a device that no other process runs. */
  const owning = async <T>(deviceId: DeviceId, work: (device: ManagedDevice) => Promise<T>): Promise<T> => {
    const device = await get(deviceId);
    return device.exclusive(async () => {
      const lease = await leases.claim(deviceId);
      if (lease.kind === 'claimed') return work(device);
      registry.delete(deviceId);
      throw new AppError('DEVICE_OWNED_ELSEWHERE', { deviceId, nodeId: lease.nodeId });
    });
  };
  const fleet = createDeviceFleet({ ...deps, registry, keep });

  /** Ends the session for good: nothing of it can connect again. */
  const endSession = async (device: ManagedDevice, where: Rest): Promise<void> => {
    await device.connection.rest(where);
    deps.forgetSocketCaches(device.row().deviceId);
  };
  const release = async (device: ManagedDevice): Promise<void> => {
    await device.flush();
    await leases.release(device.row().deviceId);
  };
  const stop = async (device: ManagedDevice): Promise<void> => {
    device.change({ desired: 'stopped' });
    if (mayRest(device)) await device.connection.rest({ status: 'disconnected', cause: 'stopped' });
    await release(device);
  };

  return {
    start: (deviceId) => owning(deviceId, start),
    stop: (deviceId) => owning(deviceId, stop),
    restart: (deviceId) =>
      owning(deviceId, async (device) => {
        void device.connection.hangUp();
        await dial(device);
      }),
    async pairWithCode(deviceId, phoneNumber) {
      const asked = await owning(deviceId, async (device) => {
        if (isLinked(device.row())) throw new AppError('DEVICE_ALREADY_PAIRED', { deviceId });
        const code = device.connection.requestCode(phoneNumber);
        await start(device);
        return { code };
      });
      return asked.code;
    },
    logout: (deviceId) =>
      owning(deviceId, async (device) => {
        if (!isLinked(device.row())) {
          // Nothing is linked yet, but a pairing may be under way.
          await stop(device);
          return 'not-connected';
        }
        const socket = device.connection.socket();
        const answer = socket ? await socket.logout(LOGOUT_PATIENCE_MS) : 'not-connected';
        const change: DeviceChange = { desired: 'stopped', linkState: 'logged_out' };
        await endSession(device, { status: 'logged_out', cause: 'logout_requested', change });
        await sessions.entomb({ deviceId, reason: 'logout_requested' });
        await deps.eraseChatStore(deviceId);
        await release(device);
        return answer;
      }),
    wipe: (deviceId) =>
      owning(deviceId, async (device) => {
        await device.connection.socket()?.logout(GOODBYE_PATIENCE_MS);
        await endSession(device, { status: 'cancelled', cause: 'wiped', change: WIPED });
        await sessions.erase({ deviceId, epoch: leases.held().get(deviceId) ?? null });
        await deps.eraseChatStore(deviceId);
        await release(device);
      }),
    remove: (deviceId) =>
      owning(deviceId, async (device) => {
        await device.connection.socket()?.logout(GOODBYE_PATIENCE_MS);
        await endSession(device, { status: 'disconnected', cause: 'stopped', change: WIPED });
        await sessions.erase({ deviceId, epoch: leases.held().get(deviceId) ?? null });
        await deps.eraseChatStore(deviceId);
        await release(device);
        device.close();
        registry.delete(deviceId);
        bus.publish({ type: 'removed', deviceId });
      }),
    whileStopped: (deviceId, work) =>
      owning(deviceId, async (device) => {
        const state = device.connection.state();
        const epoch = leases.held().get(deviceId);
        if (device.row().desired !== 'stopped' || !isResting(state) || epoch === undefined) {
          if (state.status === 'disconnected') {
            // It waits for a process to run it, this one too: all must find it free.
            await release(device);
            registry.delete(deviceId);
          }
          throw new AppError('DEVICE_RUNNING', { deviceId });
        }
        try {
          const { result, change } = await work({ device: device.row(), epoch });
          if (change) await device.connection.rest({ status: 'disconnected', cause: 'stopped', change });
          return result;
        } finally {
          await release(device);
        }
      }),
    edited: (row) => registry.get(row.deviceId)?.edited(row),
    stateOf: (deviceId) => registry.get(deviceId)?.connection.state() ?? null,
    viewOf: (row) =>
      registry.get(row.deviceId)?.view(row) ??
      toDeviceView(row, { state: null, lastActivityAt: null, now: clock.now() }),
    socketOf(deviceId) {
      const socket = registry.get(deviceId)?.connection.socket();
      if (!socket) throw new AppError('DEVICE_NOT_CONNECTED', { deviceId });
      return socket;
    },
    restoreAll: fleet.restoreAll,
    restore: (deviceId) =>
      owning(deviceId, async (device) => fleet.restore(device)).catch((error: unknown) =>
        failedRestore(deviceId, error),
      ),
    shutdown: fleet.shutdown,
  };
}

async function start(device: ManagedDevice): Promise<StartOutcome> {
  const state = device.connection.state();
  if (state.status === 'connected') return 'already-connected';
  if (hasSocket(state)) return 'already-connecting';
  return dial(device);
}

/** Opens a socket for somebody who waits; what cannot get better by itself is an error. */
async function dial(device: ManagedDevice): Promise<'started'> {
  const { deviceId } = device.row();
  device.change({ desired: 'running', ...(!isLinked(device.row()) && { linkState: 'linking' }) });
  const end = await device.connection.connect('user');
  if (end?.kind === 'owned-elsewhere') throw new AppError('DEVICE_OWNED_ELSEWHERE', { deviceId });
  if (end?.kind === 'blocked' && end.source === 'store') {
    throw new AppError('DEVICE_AUTH_CORRUPT', { deviceId, cause: end.cause });
  }
  return 'started';
}

type Rest = { status: RestingStatus; cause: CauseCode; change?: DeviceChange };

const WIPED: DeviceChange = {
  desired: 'stopped',
  linkState: 'wiped',
  authMethod: null,
  phoneNumber: null,
  jid: null,
  lid: null,
  pushName: null,
};

/** A device that never ran, or that was wiped or logged out, is not made "disconnected" by stopping it again. */
function mayRest(device: ManagedDevice): boolean {
  const state = device.connection.state();
  return !isResting(state) || state.status === 'error';
}
