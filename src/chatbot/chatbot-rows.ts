import type { DeviceId } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { Chatbot, ChatbotTurn } from './chatbot.ts';

export interface ChatbotRow {
  readonly id: number;
  readonly whatsapp_number: string;
  readonly device_id: string | null;
  readonly endpoint_url: string | null;
  readonly secret_sealed: string;
  readonly status: string;
  readonly answers_groups: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The words in these columns are only ever written from a Chatbot, so they are what its types say. */
export function toChatbot(row: ChatbotRow): Chatbot {
  return {
    id: row.id,
    number: row.whatsapp_number,
    deviceId: row.device_id as DeviceId | null,
    endpointUrl: row.endpoint_url,
    secretSealed: row.secret_sealed,
    status: row.status as Chatbot['status'],
    answersGroups: row.answers_groups === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export interface TurnRow {
  readonly id: string;
  readonly chatbot_id: number;
  readonly device_id: string;
  readonly chat_jid: string;
  readonly message_id: string;
  readonly event_id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly replies: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The same holds for turns. */
export function toTurn(row: TurnRow): ChatbotTurn {
  return {
    id: row.id,
    chatbotId: row.chatbot_id,
    deviceId: row.device_id as DeviceId,
    chat: row.chat_jid as Jid,
    messageId: row.message_id,
    eventId: row.event_id,
    status: row.status as ChatbotTurn['status'],
    reason: row.reason,
    attempts: row.attempts,
    replies: row.replies,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
