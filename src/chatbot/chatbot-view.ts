import type { Chatbot, ChatbotTurn } from './chatbot.ts';

/** A bot as callers see it, without its secret; times are ISO 8601 in UTC. */
export type ChatbotView = ReturnType<typeof toChatbotView>;

export function toChatbotView(bot: Chatbot) {
  return {
    id: bot.id,
    sender_number: bot.number,
    status: bot.status,
    session_id: bot.deviceId as string | null,
    endpoint_url: bot.endpointUrl,
    answers_groups: bot.answersGroups,
    created_at: bot.createdAt.toISOString(),
    updated_at: bot.updatedAt.toISOString(),
  };
}

export type TurnView = ReturnType<typeof toTurnView>;

export function toTurnView(turn: ChatbotTurn) {
  return {
    turn_id: turn.id,
    session_id: turn.deviceId as string,
    chat: turn.chat as string,
    message_id: turn.messageId,
    event_id: turn.eventId,
    status: turn.status,
    reason: turn.reason,
    attempts: turn.attempts,
    replies: turn.replies,
    created_at: turn.createdAt.toISOString(),
    updated_at: turn.updatedAt.toISOString(),
  };
}
