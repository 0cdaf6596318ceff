import type { Clock } from '../shared/clock.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import { formatJid, type Jid, PN_SERVER, withoutDevice } from '../whatsapp/jid.ts';
import { type BotEvent, type BotEvents, type IncomingMessage, incomingOf } from './bot-events.ts';
import type { ActiveBot, ChatbotRepository } from './chatbot-repository.ts';
import { decideTurn } from './turn-decision.ts';
import type { NewTurn, TurnRepository } from './turn-repository.ts';

interface IntakeDeps {
  readonly bots: Pick<ChatbotRepository, 'active'>;
  readonly turns: Pick<TurnRepository, 'begin'>;
  readonly events: Pick<BotEvents, 'after'>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Events of one transaction. */
const BATCH = 500;
/** How far the stored place of a bot that nobody writes to may be behind; so much is read again after a restart. */
const LAG = 1_000;

/**
 * Reads the event log from where the bots are and makes a turn of each message for one of them: the turns and how far was read
 * are one transaction, so every message has one, whoever dies in between. May run in several processes at once.
 */
export function createChatbotIntake(deps: IntakeDeps): () => Promise<void> {
  const { bots, turns, events, wakeups, clock } = deps;
  /** How far was read for each bot in this process; its row is behind while nobody writes to it. */
  const readTo = new Map<number, number>();

  return async () => {
    for (let isMore = true; isMore; ) {
      const active = (await bots.active()).map((bot) => ({ bot, place: placeOf(bot, readTo) }));
      if (active.length === 0) return;
      const found = await events.after(Math.min(...active.map(({ place }) => place)), BATCH);
      const last = found.at(-1);
      if (last === undefined) return;
      const begun = turnsOf(found, active, deps);
      const botIds = botsToMove(begun, active, last.seq);
      if (botIds.length > 0) await turns.begin(begun, { seq: last.seq, botIds, at: clock.now() });
      for (const { bot, place } of active) readTo.set(bot.id, Math.max(place, last.seq));
      const asked = begun.filter(({ reason }) => reason === null);
      await Promise.all(asked.map(({ id }) => wakeups.ring('chatbot', id)));
      isMore = found.length === BATCH;
    }
  };
}

/** A bot, and the last event that is none of its business any more. */
interface PlacedBot {
  readonly bot: ActiveBot;
  readonly place: number;
}

function placeOf({ id, cursor }: ActiveBot, readTo: ReadonlyMap<number, number>): number {
  return Math.max(cursor, readTo.get(id) ?? 0);
}

/** Those with new turns, whose place moves with them, and those that are far behind. */
function botsToMove(begun: readonly NewTurn[], active: readonly PlacedBot[], seq: number): number[] {
  const withTurns = new Set(begun.map(({ chatbotId }) => chatbotId));
  return active.filter(({ bot }) => withTurns.has(bot.id) || seq - bot.cursor > LAG).map(({ bot }) => bot.id);
}

function turnsOf(
  events: readonly BotEvent[],
  active: readonly PlacedBot[],
  { ids }: Pick<IntakeDeps, 'ids'>,
): NewTurn[] {
  const byDevice = new Map<DeviceId, PlacedBot>();
  for (const placed of active) if (placed.bot.deviceId !== null) byDevice.set(placed.bot.deviceId, placed);
  const ownBots = ownBotAddresses(active.map(({ bot }) => bot));
  return events.flatMap((event) => {
    const placed = byDevice.get(event.deviceId);
    const message = incomingOf(event);
    const isNew = placed !== undefined && event.seq > placed.place;
    if (!isNew || message === null || event.messageId === null) return [];
    const { bot } = placed;
    const decision = decideTurn({
      ...message,
      hasText: message.text !== null,
      ageMs: event.at.getTime() - message.sentAt.getTime(),
      isFromOwnBot: isFromOneOf(ownBots, message),
      answersGroups: bot.answersGroups,
      hasEndpoint: bot.hasEndpoint,
    });
    return {
      id: ids.next(),
      chatbotId: bot.id,
      deviceId: event.deviceId,
      chat: message.chat,
      messageId: event.messageId,
      eventId: event.id,
      reason: decision.kind === 'skip' ? decision.reason : null,
      createdAt: event.at,
    };
  });
}

/** The addresses of the accounts that bots of ours answer for. */
function ownBotAddresses(active: readonly ActiveBot[]): ReadonlySet<Jid> {
  const withDevice = active.filter(({ deviceId }) => deviceId !== null);
  return new Set(
    withDevice.flatMap(({ number, lid }) => [
      formatJid({ user: number, server: PN_SERVER }),
      ...(lid ? [withoutDevice(lid)] : []),
    ]),
  );
}

/** In groups the author counts. */
function isFromOneOf(addresses: ReadonlySet<Jid>, { chat, chatAlt, from }: IncomingMessage): boolean {
  return [chat, chatAlt, from].some((jid) => jid !== null && addresses.has(withoutDevice(jid)));
}
