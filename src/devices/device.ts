import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { PacingSettings } from './pacing-settings.ts';

/**
 * How far linking got; decides whether credentials may be minted. Only `new`, `linking` without stored credentials, and
 * `wiped` may. `paired`: a phone confirmed, but WhatsApp has not let us in with it yet.
 */
export type LinkState = 'new' | 'linking' | 'paired' | 'linked' | 'logged_out' | 'wiped';

/** There is a session that must not be replaced by a new identity. */
export function isLinked({ linkState }: Pick<Device, 'linkState'>): boolean {
  return linkState === 'paired' || linkState === 'linked';
}

export type AuthMethod = 'qr' | 'pairing_code';

/** What the operator may set per device; every field has a default, so a row never misses one. */
export interface DeviceSettings {
  /** Mark received messages as read at once. */
  readonly autoRead: boolean;
  /** Appear online while connected (phones then stop notifying). */
  readonly markOnline: boolean;
  /** How many days its history is kept; null: as the server has it. */
  readonly historyDays: number | null;
  /** How it spreads what it sends over time. */
  readonly pacing: PacingSettings;
}

/** One WhatsApp account linked to this server, as we keep it. Live state is in DeviceState. */
export interface Device {
  readonly deviceId: DeviceId;
  /** The short number of the record, for reporting callers (`session_id`). */
  readonly recordNumber: number;
  readonly deviceName: string | null;
  readonly tags: readonly string[];
  /** http(s) or socks proxy for the socket; may hold a password, so it is sealed at rest and never shown. */
  readonly proxyUrl: string | null;
  readonly settings: DeviceSettings;
  /** What the operator wants: a device stopped on purpose stays stopped after a restart. */
  readonly desired: 'running' | 'stopped';
  readonly linkState: LinkState;
  readonly authMethod: AuthMethod | null;
  readonly phoneNumber: string | null;
  readonly jid: Jid | null;
  readonly lid: Jid | null;
  readonly pushName: string | null;
  /** The status and cause last reached, so that a restarted server can still say why. */
  readonly lastStatus: DeviceStatus;
  readonly lastCause: DeviceCause | null;
  readonly lastActivityAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The fixed status words of the API. */
export type DeviceStatus =
  | 'created'
  | 'connecting'
  | 'pairing'
  | 'connected'
  | 'reconnecting'
  | 'disconnected'
  | 'logged_out'
  | 'cancelled'
  | 'error';

/** Why a device is not well: what happened, when we try again, what a person must do. */
export interface DeviceCause {
  /** e.g. `connection_lost`, `qr_expired`, `temp_banned`, `conflict`, `client_outdated`, `auth_corrupt`. */
  readonly code: string;
  readonly source: 'failure' | 'stream' | 'upgrade' | 'local' | 'store' | 'operator' | 'cluster';
  /** One sentence for a person. */
  readonly reason: string;
  /** When the next attempt is due; null when none is planned. */
  readonly retryAt: Date | null;
  /** What a person must do; null when nothing. */
  readonly action: string | null;
}
