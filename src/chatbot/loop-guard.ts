import type { TurnDecision } from './turn-decision.ts';

/** An earlier message of the chat that was answered. */
export interface AnsweredTurn {
  readonly receivedAt: Date;
  /** When its answer was accepted for sending. */
  readonly answeredAt: Date;
  /** When WhatsApp took the last message of its answer; null while it waits. */
  readonly sentAt: Date | null;
  readonly text: string | null;
}

/** What went on in a chat before a message whose turn has come. */
export interface ChatFacts {
  readonly now: Date;
  readonly receivedAt: Date;
  readonly text: string | null;
  /** Of the last hour, newest first. */
  readonly answered: readonly AnsweredTurn[];
}

/**
 * What a bot says in one chat at most. People do not answer within two seconds again and again, nor write the same four
 * times in a minute; programs do. The two numbers above that hold whatever the other side does.
 */
export const CHAT_LIMITS = {
  quickMs: 2_000,
  /** Answers in a minute after which a quick, or an equal, message is taken for a program's. */
  loopTurns: 3,
  perMinute: 10,
  perHour: 60,
} as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Whether the bot is asked, from what it answered in the chat before. */
export function decideInChat(facts: ChatFacts): TurnDecision {
  const { answered, now } = facts;
  const { loopTurns, perMinute, perHour } = CHAT_LIMITS;
  const within = (ms: number) =>
    answered.filter(({ answeredAt }) => now.getTime() - answeredAt.getTime() < ms);
  const lately = within(MINUTE_MS);
  if (lately.length >= perMinute || within(HOUR_MS).length >= perHour) {
    return { kind: 'skip', reason: 'cooldown' };
  }
  const last = lately.slice(0, loopTurns);
  const isLoop = last.length === loopTurns && (isQuickExchange(facts, last) || isSameText(facts, last));
  return isLoop ? { kind: 'skip', reason: 'loop' } : { kind: 'ask' };
}

/** The first of them may have opened the conversation; every other one came at once after an answer of ours. */
function isQuickExchange({ receivedAt, answered }: ChatFacts, last: readonly AnsweredTurn[]): boolean {
  const arrivals = [receivedAt, ...last.slice(0, -1).map((turn) => turn.receivedAt)];
  return arrivals.every((arrival) => {
    const before = answered.flatMap(({ sentAt }) => (sentAt && sentAt <= arrival ? [sentAt.getTime()] : []));
    return before.length > 0 && arrival.getTime() - Math.max(...before) <= CHAT_LIMITS.quickMs;
  });
}

function isSameText({ text }: ChatFacts, last: readonly AnsweredTurn[]): boolean {
  return text !== null && last.every((turn) => turn.text === text);
}
