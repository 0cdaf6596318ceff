import type { DeviceAddress, SimAccount } from '../core.ts';
import type { WireNode } from '../node.ts';
import { formatAddress } from '../wire/jid.ts';
import type { PhoneMessage } from './message-book.ts';
import { encodeMessage, type Message } from './payload.ts';
import { newMessageId, ownAccount, type PhoneContext, signalAddress, unixSeconds } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { ensureSessions } from './sessions.ts';

export interface SendOptions {
  /** The message id; by default a fresh one. */
  readonly id?: string | undefined;
  /** How the chat is addressed. WhatsApp moved to LIDs; older chats still run by phone number. */
  readonly addressing?: 'lid' | 'pn' | undefined;
}

/**
 * Encrypts a text for every device of the recipient and for the sender's own linked devices, and sends it.
 * Resolves when the server took it. Throws PhoneError `RECIPIENT_UNKNOWN` or `SEND_REFUSED`.
 */
export async function sendText(
  context: PhoneContext,
  to: string,
  text: string,
  { id = newMessageId(context), addressing = 'lid' }: SendOptions = {},
): Promise<PhoneMessage> {
  const recipient = context.core.findAccount(to.replace(/@.*$/, '').replace(/^\+/, ''));
  if (!recipient) throw new PhoneError('RECIPIENT_UNKNOWN', 'Nobody in the simulator has this number');
  const chat = chatAddress(recipient, addressing);
  const message: PhoneMessage = {
    id,
    direction: 'sent',
    chat: formatAddress(chat),
    peer: recipient.phoneNumber,
    from: `${context.phoneNumber}@s.whatsapp.net`,
    kind: 'text',
    text,
    at: context.clock.now().toISOString(),
    status: 'pending',
  };
  if (!context.book.add(message))
    throw new PhoneError('SEND_REFUSED', 'A message with this id exists already');
  await submitMessage(context, {
    id,
    chat,
    content: await encryptForAll(context, recipient, { chat, text }),
  });
  context.book.advance(id, 'sent');
  return context.book.find(id) ?? message;
}

/** Sends a message of ours once more to the one device that could not read it, under the same id. */
export async function resendTo(
  context: PhoneContext,
  message: PhoneMessage,
  { device, count }: { device: DeviceAddress; count: number },
): Promise<void> {
  const own = ownAccount(context);
  const isOwn = device.user === own.phoneNumber || device.user === own.lid;
  const content = { conversation: message.text ?? '' };
  const enc = await encryptFor(context, device, isOwn ? ownCopy(message.chat, content) : content);
  await context.core.submit(context.phoneNumber, {
    tag: 'message',
    attrs: {
      id: message.id,
      to: formatAddress(device),
      type: 'text',
      ...(isOwn && { recipient: message.chat }),
      t: String(unixSeconds(context)),
    },
    content: [{ ...enc, attrs: { ...enc.attrs, count: String(count) } }],
  });
}

/** One `enc` for one device; its session must exist. */
export async function encryptFor(
  context: PhoneContext,
  device: DeviceAddress,
  message: Message,
): Promise<WireNode> {
  const { type, bytes } = await context.endpoint.encrypt(
    signalAddress(context, device),
    encodeMessage(message, context.random),
  );
  return { tag: 'enc', attrs: { v: '2', type }, content: bytes };
}

async function encryptForAll(
  context: PhoneContext,
  recipient: SimAccount,
  { chat, text }: { chat: DeviceAddress; text: string },
): Promise<WireNode[]> {
  const own = ownAccount(context);
  const content = { conversation: text };
  const theirs = recipient.phoneNumber === own.phoneNumber ? [] : allDevices(recipient, chat.server);
  const ours = allDevices(own, chat.server).filter(({ device }) => device !== 0);
  await ensureSessions(context, [...theirs, ...ours]);
  const copies = [
    ...theirs.map((device) => ({ device, payload: content })),
    ...ours.map((device) => ({ device, payload: ownCopy(formatAddress(chat), content) })),
  ];
  const nodes: WireNode[] = [];
  for (const { device, payload } of copies) {
    if (!(await context.endpoint.hasSession(signalAddress(context, device)))) continue;
    const enc = await encryptFor(context, device, payload);
    nodes.push({ tag: 'to', attrs: { jid: formatAddress(device) }, content: [enc] });
  }
  return nodes;
}

async function submitMessage(
  context: PhoneContext,
  { id, chat, content }: { id: string; chat: DeviceAddress; content: readonly WireNode[] },
): Promise<void> {
  const answer = await context.core.submit(context.phoneNumber, {
    tag: 'message',
    attrs: {
      id,
      to: formatAddress(chat),
      type: 'text',
      ...(chat.server === 'lid' && { addressing_mode: 'lid' }),
    },
    content: [{ tag: 'participants', attrs: {}, content }],
  });
  const refusal = answer?.attrs.error;
  if (refusal) throw new PhoneError('SEND_REFUSED', `The server refused the message with ${refusal}`);
}

function chatAddress({ phoneNumber, lid }: SimAccount, addressing: 'lid' | 'pn'): DeviceAddress {
  return addressing === 'lid'
    ? { user: lid, device: 0, server: 'lid' }
    : { user: phoneNumber, device: 0, server: 's.whatsapp.net' };
}

function allDevices(account: SimAccount, server: DeviceAddress['server']): DeviceAddress[] {
  const user = server === 'lid' ? account.lid : account.phoneNumber;
  return [0, ...account.devices.map(({ device }) => device)].map((device) => ({ user, device, server }));
}

function ownCopy(destinationJid: string, message: Message): Message {
  return { deviceSentMessage: { destinationJid, message } };
}
