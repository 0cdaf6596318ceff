import { withoutDevice } from '../whatsapp/jid.ts';
import type { DeviceWarning } from './decryption-health.ts';
import {
  type AuthMethod,
  type Device,
  type DeviceCause,
  type DeviceSettings,
  type DeviceStatus,
  isLinked,
} from './device.ts';
import { attemptsOf, causeOf, challengeAt, type DeviceState } from './device-state.ts';
import type { SendingHealthView } from './sending-health.ts';

/** A device as callers see it. Times are ISO 8601 in UTC. */
export interface DeviceView {
  readonly deviceId: string;
  readonly recordNumber: number;
  readonly deviceName: string | null;
  readonly status: DeviceStatus;
  readonly isConnected: boolean;
  readonly phoneNumber: string | null;
  /** The account's address, without the part that names this linked device. */
  readonly jid: string | null;
  readonly lid: string | null;
  readonly pushName: string | null;
  /** Only while one is valid. */
  readonly qrCode: string | null;
  /** Only while one is valid; the HTTP edge hides it from callers who may not link. */
  readonly pairingCode: string | null;
  /** When the QR or pairing code above ends. */
  readonly challengeExpiresAt: string | null;
  readonly connectionAttempts: number;
  readonly lastActivity: string | null;
  /** History sync after pairing, 0 to 100. */
  readonly syncProgress: number;
  readonly authMethod: AuthMethod | null;
  readonly hasSession: boolean;
  readonly hasProxy: boolean;
  readonly cause: DeviceCauseView | null;
  /** What is wrong although the device works; known to the process that runs it. */
  readonly warnings: readonly DeviceWarningView[];
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly settings: DeviceSettings;
}

/** A device with what is known about its sending. */
export interface DeviceDetails extends DeviceView {
  readonly health: SendingHealthView;
}

export interface DeviceCauseView {
  readonly code: string;
  readonly source: string;
  readonly reason: string;
  readonly retryAt: string | null;
  readonly action: string | null;
}

export interface DeviceWarningView {
  readonly code: string;
  readonly reason: string;
  readonly action: string | null;
  readonly since: string;
}

/** What this process knows beyond the row; null where the device is not run here. */
export interface LiveFacts {
  readonly state: DeviceState | null;
  readonly lastActivityAt: Date | null;
  readonly warnings?: readonly DeviceWarning[];
  readonly now: Date;
}

/** The row and the live state as one answer; without a live state the row says what was last reached. */
export function toDeviceView(device: Device, facts: LiveFacts): DeviceView {
  const { state, lastActivityAt, warnings = [], now } = facts;
  const challenge = state && challengeAt(state, now);
  const status = state?.status ?? device.lastStatus;
  const cause = state ? causeOf(state) : device.lastCause;
  return {
    deviceId: device.deviceId,
    recordNumber: device.recordNumber,
    deviceName: device.deviceName,
    status,
    isConnected: status === 'connected',
    phoneNumber: device.phoneNumber,
    jid: device.jid && withoutDevice(device.jid),
    lid: device.lid && withoutDevice(device.lid),
    pushName: device.pushName,
    qrCode: challenge?.kind === 'qr' ? challenge.qr : null,
    pairingCode: challenge?.kind === 'pairing-code' ? challenge.code : null,
    challengeExpiresAt: challenge?.expiresAt.toISOString() ?? null,
    connectionAttempts: state ? attemptsOf(state) : 0,
    lastActivity: (lastActivityAt ?? device.lastActivityAt)?.toISOString() ?? null,
    syncProgress: syncProgressOf(device, state),
    authMethod: device.authMethod,
    hasSession: isLinked(device),
    hasProxy: device.proxyUrl !== null,
    cause: cause && toCauseView(cause),
    warnings: warnings.map((warning) => ({ ...warning, since: warning.since.toISOString() })),
    createdAt: device.createdAt.toISOString(),
    tags: device.tags,
    settings: device.settings,
  };
}

/** A device that is linked and syncs nothing has all it will get. */
function syncProgressOf(device: Device, state: DeviceState | null): number {
  if (state?.status === 'connected' && state.syncPercent !== null) return state.syncPercent;
  return isLinked(device) ? 100 : 0;
}

function toCauseView(cause: DeviceCause): DeviceCauseView {
  return { ...cause, retryAt: cause.retryAt?.toISOString() ?? null };
}
