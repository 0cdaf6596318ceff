import type { Outbox } from '../outbox/outbox.ts';
import type { ChatbotTurn } from './chatbot.ts';
import { type AnsweredTurn, CHAT_LIMITS } from './loop-guard.ts';
import { replyIds } from './reply-ids.ts';
import type { AnsweredRow, TurnRepository } from './turn-repository.ts';

interface HistoryDeps {
  readonly turns: Pick<TurnRepository, 'answered'>;
  readonly outbox: Pick<Outbox, 'find'>;
}

/** What was answered in the chat of a turn within the last hour, newest first. Throws what the database throws. */
export type ChatHistory = (turn: ChatbotTurn, now: Date) => Promise<readonly AnsweredTurn[]>;

const HOUR_MS = 60 * 60_000;
/** Only of the newest it matters when they left. */
const LOOKED_UP = CHAT_LIMITS.loopTurns + 2;

export function createChatHistory({ turns, outbox }: HistoryDeps): ChatHistory {
  /** When the last message of an answer left us. */
  const sentAt = async ({ id, deviceId, replies }: AnsweredRow): Promise<Date | null> => {
    const sent = await outbox.find(deviceId, replyIds(id, replies - 1).waMessageId);
    return sent?.ackedAt ?? sent?.sendingAt ?? null;
  };

  return async (turn, now) => {
    const since = new Date(now.getTime() - HOUR_MS);
    const answered = await turns.answered(turn, { since, limit: CHAT_LIMITS.perHour });
    const isShort = answered.length < CHAT_LIMITS.loopTurns;
    return Promise.all(
      answered.map(async (row, index) => ({
        receivedAt: row.createdAt,
        answeredAt: row.updatedAt,
        sentAt: isShort || index >= LOOKED_UP ? null : await sentAt(row),
        text: row.text,
      })),
    );
  };
}
