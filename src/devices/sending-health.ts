import type { DeviceId } from '../shared/ids.ts';
import type { MessageCapLevel } from '../whatsapp/account-restriction.ts';

/** What waits on a device because of what WhatsApp said, and what its operator should know. Times are ISO 8601 in UTC. */
export interface SendingHealthView {
  /** No stranger is written to before this, whatever the reason. */
  readonly coldPausedUntil: string | null;
  /** Nothing at all is sent before this. */
  readonly rateLimitedUntil: string | null;
  /** The end of WhatsApp's reach-out time-lock. */
  readonly reachoutLockedUntil: string | null;
  readonly messageCap: MessageCapLevel;
  readonly breaker: 'closed' | 'open' | 'probing';
  readonly warnings: readonly SendingWarningView[];
}

export interface SendingWarningView {
  /** A word for programs, e.g. `hourly_cap`. */
  readonly code: string;
  readonly message: string;
  readonly since: string;
  readonly until: string | null;
}

/** Where devices get it from, and who wants to know of new settings; the outbox. */
export interface SendingHealthSource {
  /** Of the devices that have one, in any process. */
  viewsOf(deviceIds: readonly string[]): Promise<ReadonlyMap<string, SendingHealthView>>;
  /** Stored settings of the device changed. */
  settingsChanged(deviceId: DeviceId): void;
}

/** Of a device that never had trouble. */
export const UNTROUBLED: SendingHealthView = {
  coldPausedUntil: null,
  rateLimitedUntil: null,
  reachoutLockedUntil: null,
  messageCap: 'none',
  breaker: 'closed',
  warnings: [],
};
