import type { Statement } from '../database/database.ts';
import { DuplicateKeyError } from '../database/database-error.ts';
import type { NewOutboxMessage } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { FencedError } from '../shared/errors.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { RingSealer } from '../shared/ring-sealer.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { BotEvent, BotEvents } from './bot-events.ts';
import { incomingOf } from './bot-events.ts';
import { questionBody } from './bot-question.ts';
import type { ChatHistory } from './chat-history.ts';
import type { Chatbot, ChatbotTurn } from './chatbot.ts';
import type { ChatbotNews } from './chatbot-news.ts';
import type { ChatbotRepository } from './chatbot-repository.ts';
import { secretContext } from './chatbot-secret.ts';
import type { AskBot, BotOutcome } from './endpoint-call.ts';
import { decideInChat } from './loop-guard.ts';
import { replyIds } from './reply-ids.ts';
import { OLDEST_MS, type SkipReason } from './turn-decision.ts';
import type { TurnRepository } from './turn-repository.ts';

export interface ChatbotRunnerDeps {
  readonly bots: Pick<ChatbotRepository, 'find'>;
  readonly turns: Omit<TurnRepository, 'begin' | 'page' | 'purge' | 'botsWithDue'>;
  readonly events: Pick<BotEvents, 'after' | 'seqOf'>;
  readonly history: ChatHistory;
  readonly devices: { find(deviceId: DeviceId): Promise<object | null> };
  readonly outbox: {
    /** Throws FencedError, and stores nothing, when the guard finds no row. */
    accept(
      messages: readonly NewOutboxMessage[],
      options: { readonly guard: Statement; readonly beside: readonly Statement[] },
    ): Promise<void>;
  };
  readonly ask: AskBot;
  readonly sealer: RingSealer;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly news: Pick<EventBus<ChatbotNews>, 'publish'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long one call may take. */
  readonly timeoutMs: number;
}

export interface ChatbotRunner {
  /** Does what is due for one turn; the handler of the topic `chatbot`. Throws what the database throws. */
  run(turnId: string): Promise<void>;
  /** Gives up the calls under way; their turns are taken up again by whoever runs next. */
  abort(): void;
}

/** Calls to one bot at once in this process: a slow one waits for itself alone. */
export const CALLS_AT_ONCE = 8;
/** After the first and the second attempt; there is no fourth. */
const RETRY_MS = [10_000, 45_000];
/** Added to the time of a call before another process believes that its caller died. */
const CLAIM_MARGIN_MS = 5_000;

export function createChatbotRunner(deps: ChatbotRunnerDeps): ChatbotRunner {
  const { bots, turns, devices, outbox, wakeups, clock, log } = deps;
  const underWay = new Map<number, number>();
  const giveUp = new AbortController();

  /** Holds one of the places of the bot while `work` runs. */
  async function inPlace(botId: number, work: () => Promise<void>): Promise<void> {
    underWay.set(botId, (underWay.get(botId) ?? 0) + 1);
    try {
      await work();
    } finally {
      const left = (underWay.get(botId) ?? 1) - 1;
      if (left === 0) underWay.delete(botId);
      else underWay.set(botId, left);
    }
  }

  async function attempt(turn: ChatbotTurn): Promise<void> {
    const bot = await bots.find(turn.chatbotId);
    const event = await eventOf(turn, deps);
    const reason = await reasonToSkip(turn, { bot, event });
    if (reason !== null || bot?.endpointUrl == null || event === null) {
      await end(turn, { status: 'skipped', reason: reason ?? 'message-gone', replies: 0 });
      return;
    }
    const outcome = await deps.ask({
      url: bot.endpointUrl,
      secret: deps.sealer.open(bot.secretSealed, secretContext(bot.number)),
      id: turn.eventId,
      body: questionBody(event),
      signal: giveUp.signal,
    });
    await settle(turn, outcome);
  }

  async function reasonToSkip(
    turn: ChatbotTurn,
    { bot, event }: { bot: Chatbot | null; event: BotEvent | null },
  ): Promise<SkipReason | null> {
    if (bot?.status !== 'aktif') return 'bot-off';
    if (bot.endpointUrl === null) return 'no-endpoint';
    const message = event && incomingOf(event);
    if (!message) return 'message-gone';
    if (message.type === 'text' && message.text === null) return 'text-not-kept';
    const now = clock.now();
    if (now.getTime() - turn.createdAt.getTime() > OLDEST_MS) return 'too-old';
    if (!(await devices.find(turn.deviceId))) return 'device-gone';
    const answered = await deps.history(turn, now);
    const decision = decideInChat({ now, receivedAt: turn.createdAt, text: message.text, answered });
    return decision.kind === 'skip' ? decision.reason : null;
  }

  async function settle(turn: ChatbotTurn, outcome: BotOutcome): Promise<void> {
    switch (outcome.kind) {
      case 'aborted':
        return turns.release(turn);
      case 'answered':
        return answer(turn, outcome.replies);
      case 'failed':
        return fail(turn, outcome);
    }
  }

  /** The messages and the end of the turn are one transaction: whoever comes second changes nothing. */
  async function answer(turn: ChatbotTurn, replies: readonly string[]): Promise<void> {
    const how = { status: 'answered', reason: null, replies: replies.length } as const;
    if (replies.length === 0) return end(turn, how);
    const now = clock.now();
    const { guard, statement } = turns.guardedEnd(turn, how, now);
    try {
      await outbox.accept(
        replies.map((text, index) => messageOf(turn, { text, index, now })),
        { guard, beside: [statement] },
      );
      tell(turn, how);
    } catch (error) {
      // Another attempt ended the turn; what it sent has the same ids.
      if (!(error instanceof FencedError || error instanceof DuplicateKeyError)) throw error;
      log.info({ deviceId: turn.deviceId, turnId: turn.id }, 'a chatbot turn had its answer already');
    }
  }

  async function fail(turn: ChatbotTurn, { reason, isPassing }: Extract<BotOutcome, { kind: 'failed' }>) {
    const inMs = RETRY_MS[turn.attempts - 1];
    if (!isPassing || inMs === undefined) return end(turn, { status: 'failed', reason, replies: 0 });
    await turns.postpone(turn, { inMs, reason, at: clock.now() });
    await wakeups.ring('chatbot', turn.id, new Date(clock.now().getTime() + inMs));
  }

  async function end(turn: ChatbotTurn, how: Parameters<typeof turns.end>[1]): Promise<void> {
    if (await turns.end(turn, how, clock.now())) tell(turn, how);
  }

  function tell(
    { id, chatbotId, deviceId, attempts }: ChatbotTurn,
    how: Parameters<typeof turns.end>[1],
  ): void {
    const data = { deviceId, chatbotId, turnId: id, attempts, ...how };
    deps.news.publish(how);
    if (how.status === 'failed') log.warn(data, 'a chatbot could not be asked');
    else log.debug(data, 'a chatbot turn ended');
  }

  return {
    async run(turnId) {
      const found = await turns.find(turnId);
      if (found?.turn.status !== 'pending' || giveUp.signal.aborted) return;
      const { turn, inMs } = found;
      if (inMs > 0) {
        await wakeups.ring('chatbot', turnId, new Date(clock.now().getTime() + inMs));
        return;
      }
      // Who has a place looks for the next ones when it is free again, and the sweep finds what is left.
      if ((underWay.get(turn.chatbotId) ?? 0) >= CALLS_AT_ONCE) return;
      if (await turns.waitsForAnother(turn)) return;
      await inPlace(turn.chatbotId, async () => {
        const claimed = await turns.claim(turn, deps.timeoutMs + CLAIM_MARGIN_MS);
        if (claimed) await attempt(claimed);
      });
      const next = await turns.due(turn.chatbotId, CALLS_AT_ONCE);
      await Promise.all(next.map((id) => wakeups.ring('chatbot', id)));
    },
    abort: () => giveUp.abort(),
  };
}

/** The event of a turn with its message; null when it is not kept any more. */
async function eventOf(
  { eventId }: ChatbotTurn,
  { events }: Pick<ChatbotRunnerDeps, 'events'>,
): Promise<BotEvent | null> {
  const seq = await events.seqOf(eventId);
  if (seq === null) return null;
  const [event] = await events.after(seq - 1, 1);
  return event?.id === eventId ? event : null;
}

function messageOf(
  turn: ChatbotTurn,
  { text, index, now }: { text: string; index: number; now: Date },
): NewOutboxMessage {
  return {
    ...replyIds(turn.id, index),
    deviceId: turn.deviceId,
    to: turn.chat,
    kind: 'text',
    text,
    content: null,
    source: 'chatbot',
    dueAt: now,
    delayMs: null,
    onAmbiguous: 'resend',
    expiresAt: new Date(now.getTime() + OLDEST_MS),
  };
}
