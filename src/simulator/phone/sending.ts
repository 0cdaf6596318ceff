import type { DeviceAddress, SimAccount } from '../core.ts';
import type { WireNode } from '../node.ts';
import { formatAddress, isGroupJid, parseDeviceAddress } from '../wire/jid.ts';
import { encryptForGroup, groupOf, withSenderKey } from './group-sending.ts';
import type { PhoneMessage } from './message-book.ts';
import { allDevices, encAttrs, encryptFor, encryptForEach, isOwn, ownCopy } from './pairwise.ts';
import { describeMessage, type Message } from './payload.ts';
import { newMessageId, ownAccount, type PhoneContext, unixSeconds } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import type { SentMessage } from './sent-box.ts';
import { ensureSessions } from './sessions.ts';

export interface SendOptions {
  /** The message id; by default a fresh one. */
  readonly id?: string | undefined;
  /** How the chat with a person is addressed. WhatsApp moved to LIDs; older chats still run by phone number. */
  readonly addressing?: 'lid' | 'pn' | undefined;
}

export interface ContentOptions extends SendOptions {
  readonly type?: string;
  readonly edit?: string;
  readonly mediaType?: string;
}

/**
 * Encrypts a text for every device of the recipient and for the sender's own linked devices, and sends it. `to` is a
 * phone number, an address of a person, or a group. Resolves when the server took it.
 * Throws PhoneError `RECIPIENT_UNKNOWN`, `GROUP_NOT_FOUND` or `SEND_REFUSED`.
 */
export function sendText(
  context: PhoneContext,
  to: string,
  text: string,
  options: SendOptions = {},
): Promise<PhoneMessage> {
  return sendContent(context, to, { conversation: text }, options);
}

/** The same for any content. */
export async function sendContent(
  context: PhoneContext,
  to: string,
  content: Message,
  { id = newMessageId(context), addressing, type = 'text', edit, mediaType }: ContentOptions = {},
): Promise<PhoneMessage> {
  const { chat, peer } = chatOf(context, to, addressing);
  const { kind, text, target, quoted } = describeMessage(content);
  const message: PhoneMessage = {
    id,
    direction: 'sent',
    chat,
    peer,
    author: context.phoneNumber,
    from: `${context.phoneNumber}@s.whatsapp.net`,
    kind,
    text,
    target,
    quoted,
    edited: false,
    revoked: false,
    reactions: {},
    media: null,
    poll: null,
    at: context.clock.now().toISOString(),
    status: 'pending',
  };
  if (!context.book.add(message))
    throw new PhoneError('SEND_REFUSED', 'A message with this id exists already');
  const sent: SentMessage = { id, chat, content, type, edit: edit ?? null, mediaType: mediaType ?? null };
  context.sentBox.put(sent);
  await (isGroupJid(chat) ? sendToGroup(context, sent) : sendToPerson(context, sent));
  context.book.advance(id, 'sent');
  return context.book.find(id) ?? message;
}

/** Sends a message of ours once more to the one device that could not read it, under the same id. */
export async function resendTo(
  context: PhoneContext,
  message: SentMessage,
  { device, count }: { device: DeviceAddress; count: number },
): Promise<void> {
  const { id, chat } = message;
  const isGroup = isGroupJid(chat);
  const own = isOwn(context, device);
  const content = isGroup ? withSenderKey(context, message) : message.content;
  const enc = await encryptFor(context, device, own ? ownCopy(chat, content) : content);
  const address = formatAddress(device);
  const attrs = isGroup
    ? { id, to: chat, participant: address, addressing_mode: groupOf(context, chat).addressing }
    : { id, to: address, ...(own && { recipient: chat }) };
  await context.core.submit(context.phoneNumber, {
    tag: 'message',
    attrs: { ...attrs, ...stanzaAttrs(message), t: String(unixSeconds(context)) },
    content: [{ ...enc, attrs: { ...enc.attrs, ...encAttrs(message), count: String(count) } }],
  });
}

/**
 * Sends a message again to everybody it went to, under the same id: byte for byte what went out last, or encrypted anew, as
 * a phone does that lost the answer. Throws PhoneError `MESSAGE_NOT_FOUND` or `SEND_REFUSED`.
 */
export async function sendAgain(
  context: PhoneContext,
  id: string,
  how: 'identical' | 're-encrypted',
): Promise<void> {
  const message = context.sentBox.find(id);
  const stanza = context.sentBox.stanzaOf(id);
  if (!message || !stanza)
    throw new PhoneError('MESSAGE_NOT_FOUND', 'The phone cannot send this message again');
  if (how === 'identical') await submit(context, stanza);
  else await (isGroupJid(message.chat) ? sendToGroup(context, message) : sendToPerson(context, message));
}

/** One message after the other, or a member would be given a key that is ahead of the message it comes with. */
function sendToGroup(context: PhoneContext, message: SentMessage): Promise<void> {
  return context.lanes.run(message.chat, async () => {
    const { content, addressing, accepted } = await encryptForGroup(context, message);
    await submitMessage(context, message, { attrs: { addressing_mode: addressing }, content });
    accepted();
  });
}

async function sendToPerson(context: PhoneContext, message: SentMessage): Promise<void> {
  const address = parseDeviceAddress(message.chat);
  const recipient = address && context.core.findAccount(address.user);
  if (!address || !recipient) throw unknownRecipient();
  const own = ownAccount(context);
  const theirs = recipient.phoneNumber === own.phoneNumber ? [] : allDevices(recipient, address.server);
  const ours = allDevices(own, address.server).filter(({ device }) => device !== 0);
  await ensureSessions(context, [...theirs, ...ours]);
  const { content, chat } = message;
  const copies = [
    ...theirs.map((device) => ({ device, content })),
    ...ours.map((device) => ({ device, content: ownCopy(chat, content) })),
  ];
  const participants = await encryptForEach(context, copies, encAttrs(message));
  await submitMessage(context, message, {
    attrs: address.server === 'lid' ? { addressing_mode: 'lid' } : {},
    content: [{ tag: 'participants', attrs: {}, content: participants }],
  });
}

interface Envelope {
  readonly attrs: Readonly<Record<string, string>>;
  readonly content: readonly WireNode[];
}

async function submitMessage(
  context: PhoneContext,
  message: SentMessage,
  { attrs, content }: Envelope,
): Promise<void> {
  const stanza: WireNode = {
    tag: 'message',
    attrs: { id: message.id, to: message.chat, ...stanzaAttrs(message), ...attrs },
    content: [...content, ...metaNodes(message)],
  };
  context.sentBox.keepStanza(message.id, stanza);
  await submit(context, stanza);
}

async function submit(context: PhoneContext, stanza: WireNode): Promise<void> {
  const answer = await context.core.submit(context.phoneNumber, stanza);
  const refusal = answer?.attrs.error;
  if (refusal) throw new PhoneError('SEND_REFUSED', `The server refused the message with ${refusal}`);
}

function stanzaAttrs({ type, edit }: SentMessage): Record<string, string> {
  return edit === null ? { type } : { type, edit };
}

/** Polls say beside the ciphertext what they are. */
function metaNodes({ type, content }: SentMessage): WireNode[] {
  if (type !== 'poll') return [];
  return [{ tag: 'meta', attrs: { polltype: content.pollUpdateMessage ? 'vote' : 'creation' } }];
}

/** Where a message goes: the group, or the person by the address that is wanted. */
export function chatOf(
  context: PhoneContext,
  to: string,
  addressing: 'lid' | 'pn' = 'lid',
): { readonly chat: string; readonly peer: string | null } {
  if (isGroupJid(to)) {
    groupOf(context, to);
    return { chat: to, peer: null };
  }
  const recipient = context.core.findAccount(to.replace(/@.*$/, '').replace(/^\+/, ''));
  if (!recipient) throw unknownRecipient();
  return { chat: personalChat(recipient, addressing), peer: recipient.phoneNumber };
}

function personalChat({ phoneNumber, lid }: SimAccount, addressing: 'lid' | 'pn'): string {
  return addressing === 'lid' ? `${lid}@lid` : `${phoneNumber}@s.whatsapp.net`;
}

function unknownRecipient(): PhoneError {
  return new PhoneError('RECIPIENT_UNKNOWN', 'Nobody in the simulator has this number');
}
