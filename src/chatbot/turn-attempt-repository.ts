import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { ChatbotTurn, TurnStatus } from './chatbot.ts';

/** How a turn ended. */
export interface TurnEnd {
  readonly status: Exclude<TurnStatus, 'pending'>;
  readonly reason: string | null;
  readonly replies: number;
}

/** Still to be done, and nobody began another attempt since it was read. */
const OPEN = "id = ? and status = 'pending' and attempts = ?";

/** The attempts of turns: each write holds only while nobody began another one. Methods throw what Database throws. */
export function createTurnAttemptRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);

  return {
    /** Begins an attempt that nobody else makes for `forMs`; null when somebody else was faster. */
    async claim(turn: ChatbotTurn, forMs: number): Promise<ChatbotTurn | null> {
      const { changes } = await database.run({
        text: `update chatbot_turn set attempts = attempts + 1, next_attempt_at = ${plusMs(now)}
          where ${OPEN} and next_attempt_at <= ${now}`,
        params: [forMs, turn.id, turn.attempts],
      });
      return changes === 1 ? { ...turn, attempts: turn.attempts + 1 } : null;
    },

    /** Gives an attempt back that was not made. */
    async release({ id, attempts }: ChatbotTurn): Promise<void> {
      await database.run({
        text: `update chatbot_turn set attempts = attempts - 1, next_attempt_at = ${now} where ${OPEN}`,
        params: [id, attempts],
      });
    },

    /** The attempt failed; the next one is made after so long. */
    async postpone(
      { id, attempts }: ChatbotTurn,
      { inMs, reason, at }: { inMs: number; reason: string; at: Date },
    ) {
      await database.run({
        text: `update chatbot_turn set reason = ?, next_attempt_at = ${plusMs(now)}, updated_at = ? where ${OPEN}`,
        params: [reason, inMs, at, id, attempts],
      });
    },

    /** False when it has ended already. */
    async end(turn: ChatbotTurn, end: TurnEnd, at: Date): Promise<boolean> {
      const { changes } = await database.run(endStatement(turn, end, at));
      return changes === 1;
    },

    /** The same for a larger transaction: its guard fails when `end` would be false. */
    guardedEnd: (turn: ChatbotTurn, end: TurnEnd, at: Date) => ({
      guard: { text: `select 1 from chatbot_turn where ${OPEN}`, params: [turn.id, turn.attempts] },
      statement: endStatement(turn, end, at),
    }),
  };
}

function endStatement({ id, attempts }: ChatbotTurn, end: TurnEnd, at: Date): Statement {
  return {
    text: `update chatbot_turn set status = ?, reason = ?, replies = ?, next_attempt_at = null, updated_at = ?
      where ${OPEN}`,
    params: [end.status, end.reason, end.replies, at, id, attempts],
  };
}
