import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { QueuedMessage } from './outbox-message.ts';

/** What WhatsApp lets us know about how it likes our sending; health and breakers live on it. Calls must not throw. */
export interface SendSignals {
  /** The server took the message; after it was stored. */
  onAccepted(message: QueuedMessage): void;
  /** 463: this account may not write to this person now. Fetch the lock, pause strangers. */
  onReachoutLocked(fact: { deviceId: DeviceId; to: Jid }): void;
  /** 420 or 429: the runner sends nothing of the device before `until`; keep it across restarts. */
  onRateLimited(fact: { deviceId: DeviceId; until: Date }): void;
  /** A device of the recipient reported it, the first time. */
  onDelivered(fact: { deviceId: DeviceId; waMessageId: WaMessageId }): void;
}
