import type { HistoryMessage } from '../../api/history-types.ts';

/** What is loaded of one conversation; the gaps are before its first and behind its last message only. */
export interface Conversation {
  /** The oldest first. */
  readonly messages: readonly HistoryMessage[];
  /** The cursor of older ones; null when there are none. */
  readonly older: string | null;
  /** The cursor of newer ones; null when it reaches the present. */
  readonly newer: string | null;
}

/** An answer of the API about this conversation, in any order. */
export interface Piece {
  readonly items: readonly HistoryMessage[];
  readonly nextCursor: string | null;
}

/** What was sent from here and is not in history yet has an id of ours. */
const LOCAL = 'local-';

export function withOlder(before: Conversation, piece: Piece): Conversation {
  return { ...before, messages: merged(before.messages, piece.items), older: piece.nextCursor };
}

export function withNewer(before: Conversation, piece: Piece): Conversation {
  return { ...before, messages: merged(before.messages, piece.items), newer: piece.nextCursor };
}

/** Takes the newest page again. Where it does not touch what is there, something between is missing: then it stands alone. */
export function withNewest(before: Conversation, piece: Piece): Conversation {
  if (before.newer !== null) return before;
  const known = new Set(before.messages.map(({ id }) => id));
  const touches = piece.nextCursor === null || piece.items.some(({ id }) => known.has(id));
  if (touches) return { ...before, messages: merged(before.messages, piece.items) };
  return { messages: merged([], piece.items), older: piece.nextCursor, newer: null };
}

/** The server's word goes before what was there; of a local message nothing stays when history has it. */
export function merged(
  before: readonly HistoryMessage[],
  found: readonly HistoryMessage[],
): readonly HistoryMessage[] {
  const byId = new Map(before.map((message) => [message.id, message]));
  const known = new Set(before.map(({ messageId }) => messageId));
  for (const message of found) {
    if (isLocal(message) && known.has(message.messageId)) continue;
    byId.delete(localId(message.messageId));
    byId.set(message.id, message);
  }
  return [...byId.values()].sort(inOrder);
}

export function localId(messageId: string): string {
  return `${LOCAL}${messageId}`;
}

export function isLocal({ id }: Pick<HistoryMessage, 'id'>): boolean {
  return id.startsWith(LOCAL);
}

/** The conversation with one message changed. */
export function changed(
  before: Conversation,
  messageId: string,
  change: Partial<HistoryMessage>,
): Conversation {
  const messages = before.messages.map((message) =>
    message.messageId === messageId ? { ...message, ...change } : message,
  );
  return { ...before, messages };
}

function inOrder(one: HistoryMessage, other: HistoryMessage): number {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp ? -1 : 1;
  return one.id < other.id ? -1 : 1;
}

/**
 * Reactions that came before history had their message stand there by themselves; here they are shown with it. The same list
 * when there are none.
 */
export function withReactions(messages: readonly HistoryMessage[]): readonly HistoryMessage[] {
  const targets = new Set(messages.map(({ messageId }) => messageId));
  const isAlone = ({ type, quotedMessageId }: HistoryMessage) =>
    type === 'reaction' && quotedMessageId !== null && targets.has(quotedMessageId);
  const alone = messages.filter(isAlone);
  if (alone.length === 0) return messages;
  const given = new Map<string, Record<string, string>>();
  for (const { quotedMessageId, from, text } of alone) {
    const name = quotedMessageId ?? '';
    given.set(name, { ...given.get(name), [from]: text ?? '' });
  }
  return messages
    .filter((message) => !isAlone(message))
    .map((message) => {
      const early = given.get(message.messageId);
      return early ? { ...message, reactions: { ...early, ...message.reactions } } : message;
    });
}

/** The emojis under a message with how often each was given, the most frequent first. */
export function reactionCounts(
  reactions: HistoryMessage['reactions'],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const emoji of Object.values(reactions ?? {})) {
    if (emoji !== '') counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}
