import type { DeviceId } from '../shared/ids.ts';
import type { WhatsAppSocket } from '../whatsapp/socket.ts';
import type { Device } from './device.ts';
import type { DeviceState } from './device-state.ts';
import type { DeviceView } from './device-view.ts';

export type StartOutcome = 'started' | 'already-connected' | 'already-connecting';

export interface PairingCode {
  /** Eight characters, as the phone asks for them. */
  readonly code: string;
  readonly expiresAt: Date;
}

export interface RestoreResult {
  readonly deviceId: DeviceId;
  readonly outcome: 'started' | 'already_running' | 'no_session' | 'failed';
  readonly error: string | null;
}

/** The registry of the devices this process runs. Every method takes ids of devices that have a row. */
export interface DeviceManager {
  /**
   * Wants the device running and opens a socket: with the stored session, or a QR code will come. Resolves when the
   * attempt is under way. Throws DEVICE_NOT_FOUND, DEVICE_OWNED_ELSEWHERE.
   */
  start(deviceId: DeviceId): Promise<StartOutcome>;
  /** Wants the device stopped, across restarts too, and closes its socket; the session stays. Idempotent. */
  stop(deviceId: DeviceId): Promise<void>;
  /** A new socket with the same session. Throws DEVICE_NOT_FOUND, DEVICE_OWNED_ELSEWHERE. */
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
  /** The live state; null where this process does not run the device. */
  stateOf(deviceId: DeviceId): DeviceState | null;
  /** The row with its live state as callers see it. */
  viewOf(device: Device): DeviceView;
  /** The open socket. Throws DEVICE_NOT_CONNECTED. */
  socketOf(deviceId: DeviceId): WhatsAppSocket;
  /**
   * Starts linked devices, paced; resolves when each attempt is under way or waits its turn. `wanted`: those not
   * stopped on purpose (start-up); `every-session`: all that have a session (an operator asked).
   */
  restoreAll(which: 'wanted' | 'every-session'): Promise<RestoreResult[]>;
  /** The same for one device, whether or not it was stopped on purpose. Throws DEVICE_NOT_FOUND. */
  restore(deviceId: DeviceId): Promise<RestoreResult>;
  /** Closes every socket, flushes, releases the leases; at most 10 seconds. Rows keep what they want. */
  shutdown(): Promise<void>;
}
