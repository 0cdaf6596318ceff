/** What somebody wrote to a device of ours. */
export interface Reply {
  readonly deviceId: string;
  /** The addresses the chat is known by. */
  readonly chats: readonly string[];
  readonly text: string | null;
  readonly quotedMessageId: string | null;
}

/** An alert that somebody in the chat has got and that is not acknowledged. */
export interface OpenAlert {
  readonly alertId: string;
  readonly waMessageId: string;
}

/**
 * The alert that a reply acknowledges: the one it quotes, whatever it says; else, when it says nothing but one of the words, the
 * newest. Null for every other message.
 */
export function alertAcknowledgedBy(
  { text, quotedMessageId }: Reply,
  open: readonly OpenAlert[],
  words: ReadonlySet<string>,
): string | null {
  if (quotedMessageId !== null) {
    return open.find(({ waMessageId }) => waMessageId === quotedMessageId)?.alertId ?? null;
  }
  if (text === null || !words.has(plain(text))) return null;
  return open[0]?.alertId ?? null;
}

/** Whether a message may acknowledge anything; without a look at the rows. */
export function mayAcknowledge({ text, quotedMessageId }: Reply, words: ReadonlySet<string>): boolean {
  return quotedMessageId !== null || (text !== null && words.has(plain(text)));
}

export function ackWords(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map(plain).filter((word) => word !== ''));
}

/** Longer than any word; a stranger chooses the text. */
const LONGEST = 60;

/** Small letters, without marks and spaces at the ends: `OK!` is `ok`. */
function plain(text: string): string {
  if (text.length > LONGEST) return '';
  return text.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
