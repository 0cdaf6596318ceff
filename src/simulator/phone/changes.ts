import { isGroupJid } from '../wire/jid.ts';
import { PROTOCOL_MESSAGE_TYPE } from '../wire/proto-message.ts';
import type { PhoneMessage } from './message-book.ts';
import type { PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { type ContentOptions, sendContent } from './sending.ts';

/** What a message does to another one in the book: an edit, a reaction, or taking it back. */
export function applyToTarget({ book }: PhoneContext, { kind, target, text, author }: PhoneMessage): void {
  if (target === null) return;
  if (kind === 'edit') book.amend(target, { text, edited: true });
  else if (kind === 'revoke') book.amend(target, { text: null, revoked: true });
  else if (kind === 'reactionMessage') {
    book.amend(target, { reaction: { by: author ?? '', emoji: text ?? '' } });
  }
}

/** Gives an own text another wording. Throws PhoneError `NOT_CHANGEABLE` when somebody else wrote it. */
export async function editMessage(
  context: PhoneContext,
  message: PhoneMessage,
  text: string,
): Promise<PhoneMessage> {
  if (message.direction !== 'sent' || message.kind !== 'text') throw notChangeable();
  const protocolMessage = {
    key: keyOf(message),
    type: PROTOCOL_MESSAGE_TYPE.MESSAGE_EDIT,
    editedMessage: { conversation: text },
    timestampMs: context.clock.now().getTime(),
  };
  return change(context, message, { content: { protocolMessage }, options: { edit: '1' } });
}

/** Takes a message back for everybody: an own one, or as an admin anybody's in a group. */
export async function revokeMessage(context: PhoneContext, message: PhoneMessage): Promise<PhoneMessage> {
  const isOwn = message.direction !== 'received';
  if (!isOwn && !isGroupJid(message.chat)) throw notChangeable();
  const protocolMessage = { key: keyOf(message), type: PROTOCOL_MESSAGE_TYPE.REVOKE };
  return change(context, message, { content: { protocolMessage }, options: { edit: isOwn ? '7' : '8' } });
}

/** Reacts to a message; an empty emoji takes the reaction back. */
export async function reactTo(
  context: PhoneContext,
  message: PhoneMessage,
  emoji: string,
): Promise<PhoneMessage> {
  const reactionMessage = {
    key: keyOf(message),
    text: emoji,
    senderTimestampMs: context.clock.now().getTime(),
  };
  return change(context, message, { content: { reactionMessage }, options: { type: 'reaction' } });
}

/** Answers a message, quoting it. */
export function answerTo(context: PhoneContext, message: PhoneMessage, text: string): Promise<PhoneMessage> {
  const quotedMessage = { conversation: message.text ?? '' };
  const contextInfo = { stanzaId: message.id, participant: userOf(message.from), quotedMessage };
  const content = { extendedTextMessage: { text, contextInfo } };
  return sendContent(context, message.chat, content, { addressing: addressingOf(message) });
}

/** Chats go on under the address they were begun with. */
export function addressingOf({ chat }: PhoneMessage): 'lid' | 'pn' {
  return chat.endsWith('@lid') ? 'lid' : 'pn';
}

async function change(
  context: PhoneContext,
  message: PhoneMessage,
  { content, options }: { content: Parameters<typeof sendContent>[2]; options: ContentOptions },
): Promise<PhoneMessage> {
  const addressing = addressingOf(message);
  const sent = await sendContent(context, message.chat, content, { ...options, addressing });
  applyToTarget(context, sent);
  return sent;
}

/** Names a message from the point of view of this phone. */
export function keyOf({ id, chat, direction, from }: PhoneMessage) {
  const fromMe = direction !== 'received';
  const participant = !fromMe && isGroupJid(chat) ? userOf(from) : undefined;
  return { id, remoteJid: chat, fromMe, participant };
}

function userOf(address: string): string {
  return address.replace(/:\d+@/, '@');
}

function notChangeable(): PhoneError {
  return new PhoneError('NOT_CHANGEABLE', 'Only its author changes a message');
}
