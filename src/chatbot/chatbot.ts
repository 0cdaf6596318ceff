import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';

export const CHATBOT_STATUSES = ['aktif', 'nonaktif'] as const;

/** Only a bot that is `aktif` is asked. */
export type ChatbotStatus = (typeof CHATBOT_STATUSES)[number];

/** Somebody's program that answers for one of our numbers. */
export interface Chatbot {
  readonly id: number;
  /** Digits of the number it answers for; one bot each. */
  readonly number: string;
  /** The device it was given; null: the one that has the number. */
  readonly deviceId: DeviceId | null;
  /** Where it is asked; null until somebody says. */
  readonly endpointUrl: string | null;
  readonly secretSealed: string;
  readonly status: ChatbotStatus;
  readonly answersGroups: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const TURN_STATUSES = ['pending', 'answered', 'skipped', 'failed'] as const;

/** `pending` until the bot answered (perhaps with nothing), was not asked for a reason, or could not be asked. */
export type TurnStatus = (typeof TURN_STATUSES)[number];

/** One incoming message a bot was asked about, or not; never more than one for each message. */
export interface ChatbotTurn {
  /** ULID. What the turn sends gets its ids from it. */
  readonly id: string;
  readonly chatbotId: number;
  readonly deviceId: DeviceId;
  readonly chat: Jid;
  /** The id of the received message in our database. */
  readonly messageId: string;
  /** The event that told of it; `webhook-id` of every attempt. */
  readonly eventId: string;
  readonly status: TurnStatus;
  /** Why it was skipped or failed, or why the last attempt did not succeed. */
  readonly reason: string | null;
  /** How often asking was begun. */
  readonly attempts: number;
  /** Messages sent in answer. */
  readonly replies: number;
  /** When the message was received. */
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
