import { type Jid, jidParts } from '../whatsapp/jid.ts';

/** What is known about an incoming message when the bot of its device learns of it. */
export interface MessageFacts {
  readonly fromMe: boolean;
  /** The chat under the addresses we know it by. */
  readonly chat: Jid;
  readonly type: string;
  readonly hasText: boolean;
  /** How old it was when it arrived: WhatsApp keeps messages for a device that is away. */
  readonly ageMs: number;
  /** The other side of the chat is one of our own numbers with an active bot. */
  readonly isFromOwnBot: boolean;
  readonly answersGroups: boolean;
  readonly hasEndpoint: boolean;
}

/** Why a bot is not asked about a message. */
export type SkipReason =
  | 'own-message'
  | 'broadcast'
  | 'channel'
  | 'group'
  | 'not-a-message'
  | 'text-not-kept'
  | 'too-old'
  | 'own-bot'
  | 'no-endpoint'
  /** The chat looks like two programs answering each other. */
  | 'loop'
  /** So much was answered in the chat already that it rests for a while. */
  | 'cooldown'
  | 'bot-off'
  | 'device-gone'
  | 'message-gone';

export type TurnDecision = { readonly kind: 'ask' } | { readonly kind: 'skip'; readonly reason: SkipReason };

/** An answer a day late helps a customer, one from last week surprises. */
export const OLDEST_MS = 24 * 60 * 60_000;

/** Whether a bot is asked about a message at all; what else went on in the chat is judged when its turn comes. */
export function decideTurn(facts: MessageFacts): TurnDecision {
  const { server } = jidParts(facts.chat);
  if (facts.fromMe) return skip('own-message');
  if (server === 'broadcast') return skip('broadcast');
  if (server === 'newsletter') return skip('channel');
  if (server === 'g.us' && !facts.answersGroups) return skip('group');
  if (ABOUT_MESSAGES.has(facts.type)) return skip('not-a-message');
  if (facts.type === 'text' && !facts.hasText) return skip('text-not-kept');
  if (facts.ageMs > OLDEST_MS) return skip('too-old');
  if (facts.isFromOwnBot) return skip('own-bot');
  return facts.hasEndpoint ? { kind: 'ask' } : skip('no-endpoint');
}

/** Kinds that say something about another message, or that we have no word for. */
const ABOUT_MESSAGES: ReadonlySet<string> = new Set([
  'reaction',
  'edit',
  'revoke',
  'poll_vote',
  'poll-vote',
  'poll_update',
  'pin',
  'system',
  'other',
]);

function skip(reason: SkipReason): TurnDecision {
  return { kind: 'skip', reason };
}
