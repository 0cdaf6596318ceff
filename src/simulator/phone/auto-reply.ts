import { parseDeviceAddress } from '../wire/jid.ts';
import { addressingOf } from './changes.ts';
import type { PhoneMessage } from './message-book.ts';
import type { PhoneContext } from './phone-context.ts';
import { sendText } from './sending.ts';

/** Answers every received text that contains `match` (any text when null). `{text}` in the answer is the text received. */
export interface AutoReply {
  readonly match: string | null;
  readonly text: string;
}

/** Sends the answer, unless the message came from a phone: two phones would never stop talking. */
export async function autoReplyTo(
  context: PhoneContext,
  message: PhoneMessage,
  reply: AutoReply,
): Promise<void> {
  const { direction, from, chat, text, target } = message;
  if (direction !== 'received' || text === null || target !== null || parseDeviceAddress(from)?.device === 0)
    return;
  if (reply.match !== null && !text.includes(reply.match)) return;
  const answer = reply.text.replaceAll('{text}', () => text);
  await sendText(context, chat, answer, { addressing: addressingOf(message) });
}
