import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { OutgoingContent, OutgoingKind } from '../whatsapp/outgoing.ts';

/** Who wanted the message; decides its place in the queue of its device. */
export type MessageSource = 'api' | 'job' | 'schedule' | 'chatbot' | 'system' | 'otp' | 'alert';

/** What may happen to a message of which nobody knows whether WhatsApp has it: sent again under its id, or left to a person. */
export type OnAmbiguous = 'resend' | 'hold';

/** Whom it goes to, as far as pacing cares: somebody who wrote just now, or some time before, a stranger, a group. */
export type Lane = 'reply' | 'warm' | 'cold' | 'group';

/** What is decided before the first attempt; the WhatsApp message id stays the same on every attempt. */
export interface NewOutboxMessage {
  /** ULID: sorts by the time the message was accepted, and items of a job by their index. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
  readonly to: Jid;
  readonly kind: OutgoingKind;
  /** What people read in lists; see outbox-content.ts. */
  readonly text: string | null;
  readonly content: OutgoingContent | null;
  readonly source: MessageSource;
  readonly jobId?: string | undefined;
  readonly itemIndex?: number | undefined;
  readonly scheduleId?: string | undefined;
  /** Not before. */
  readonly dueAt: Date;
  /** The gap before an item of a job, in ms; null: as pacing has it. */
  readonly delayMs: number | null;
  readonly onAmbiguous: OnAmbiguous;
  /** Not begun after this; null: whenever the device comes back. */
  readonly expiresAt: Date | null;
}

/**
 * How far a message of ours got. `queued`: waits for its turn. `sending`: handed to WhatsApp, no answer yet. `server_ack`:
 * WhatsApp's server took it. `delivered`, `read`, `played`: reported by the recipient's devices. The rest are ends: `failed`
 * for good, `held` for a person to decide, `cancelled`, `expired` before its turn came.
 */
export type OutboundStatus =
  | 'queued'
  | 'sending'
  | 'server_ack'
  | 'delivered'
  | 'read'
  | 'played'
  | 'failed'
  | 'held'
  | 'cancelled'
  | 'expired';

/** Why the last attempt did not succeed: a code for programs and a sentence for people. */
export interface SendError {
  readonly code: string;
  readonly message: string;
}

/** A row of the outbox. */
export interface OutboundMessage extends NewOutboxMessage {
  readonly status: OutboundStatus;
  readonly lane: Lane | null;
  /** How often sending was begun. */
  readonly attempts: number;
  /** Of the last attempt; null when that succeeded or none was made. */
  readonly error: SendError | null;
  readonly createdAt: Date;
  readonly sendingAt: Date | null;
  readonly ackedAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
  readonly playedAt: Date | null;
  readonly failedAt: Date | null;
}

/** A row as the runner of its device needs it. */
export type QueuedMessage = NewOutboxMessage & Pick<OutboundMessage, 'attempts' | 'error'>;

/** The place in the queue: what a person waits for, what a clock wants, what was asked for in bulk. Smaller goes first. */
export function priorityOf({ source, jobId }: Pick<NewOutboxMessage, 'source' | 'jobId'>): number {
  if (jobId !== undefined || source === 'job') return JOB_PRIORITY;
  return source === 'schedule' ? 1 : 0;
}

/** Caps and quiet hours are for what can wait: a person stands at a locked door, or a machine is on fire. */
export function isUrgent({ source }: Pick<NewOutboxMessage, 'source'>): boolean {
  return source === 'otp' || source === 'alert';
}

/**
 * The message as everybody but its recipient may see it: what a one-time code says is kept nowhere and shown to nobody. Its row
 * holds the words until they are no longer needed.
 */
export function withoutSecrets<Message extends Pick<OutboundMessage, 'source' | 'text' | 'content'>>(
  message: Message,
): Message {
  return message.source === 'otp' ? { ...message, text: null, content: null } : message;
}

/** Everything below it belongs to no job. */
export const JOB_PRIORITY = 2;
