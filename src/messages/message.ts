import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { ReceivedMessage } from '../whatsapp/socket.ts';

/**
 * How far a message of ours got; moves forward only. `server_ack`: WhatsApp's server took it. `delivered`, `read` and
 * `played` are reported by the recipient's devices.
 */
export type OutboundStatus = 'queued' | 'sending' | 'server_ack' | 'delivered' | 'read' | 'played' | 'failed';

/** What is decided before the first attempt; the WhatsApp message id stays the same on every attempt. */
export interface NewOutboundMessage {
  /** ULID: sorts by the time the message was accepted. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
  readonly chat: Jid;
  readonly kind: 'text';
  readonly text: string | null;
}

/** A message this server sent or is about to send. */
export interface OutboundMessage extends NewOutboundMessage {
  readonly status: OutboundStatus;
  /** How often sending was begun. */
  readonly attempts: number;
  /** Why it failed: a code for programs and a sentence for people; null unless the status is `failed`. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly sendingAt: Date | null;
  readonly ackedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly playedAt: Date | null;
  readonly failedAt: Date | null;
}

/** A message a device received, as it is kept. */
export interface StoredReceivedMessage extends ReceivedMessage {
  /** ULID: sorts by the time it was stored. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly receivedAt: Date;
}

/** One entry of a device's history, in either direction. */
export type StoredMessage =
  | ({ readonly direction: 'out' } & OutboundMessage)
  | ({ readonly direction: 'in' } & StoredReceivedMessage);
