import type { DeviceAddress } from '../core.ts';
import type { WireNode } from '../node.ts';
import { childrenNamed, node } from '../server/stanza.ts';
import { formatAddress, isGroupJid, parseDeviceAddress, userJid } from '../wire/jid.ts';
import { applyToTarget } from './changes.ts';
import { retryKeyNodes } from './key-bundle.ts';
import { fetchMedia } from './media.ts';
import type { PhoneMessage } from './message-book.ts';
import { answerHistoryRequest } from './on-demand-history.ts';
import { isOwn } from './pairwise.ts';
import { type ReadPayload, readMessage } from './payload.ts';
import { type PhoneContext, signalAddress } from './phone-context.ts';
import { countVote, notePoll } from './polls.ts';

export interface ReceiveOptions {
  /** Whether the sender hears of the delivery. */
  readonly sendsReceipts: () => boolean;
}

/**
 * Decrypts a message, writes it into the book and tells the sender. What cannot be decrypted is asked for again,
 * with fresh keys. Resolves with the new message, or null: a duplicate, a failure, or something not for people.
 */
export async function receiveMessage(
  context: PhoneContext,
  stanza: WireNode,
  { sendsReceipts }: ReceiveOptions,
): Promise<PhoneMessage | null> {
  const { id, from = '', participant, category } = stanza.attrs;
  const sender = parseDeviceAddress(participant ?? from);
  if (!sender || id === undefined) return null;
  const payload = await decryptStanza(context, sender, stanza);
  if (!payload) {
    // A second copy of a message that was read cannot be decrypted, and need not be.
    const known = context.book.find(id);
    await (known ? confirm(context, stanza, known) : askAgain(context, stanza));
    return null;
  }
  context.retries.delete(id);
  if (category === 'peer') {
    await sendReceipt(context, stanza, 'peer_msg');
    const request =
      payload.message.protocolMessage?.peerDataOperationRequestMessage?.historySyncOnDemandRequest;
    if (request) await answerHistoryRequest(context, sender, { requestId: id, request });
    return null;
  }
  const message = toMessage(context, { stanza, sender, payload });
  const isNew = context.book.add(message);
  if (isNew) applyToTarget(context, message);
  if (isNew) takeContent(context, message, payload.message);
  if (message.direction === 'own-copy' || sendsReceipts()) await confirm(context, stanza, message);
  return isNew ? message : null;
}

function takeContent(context: PhoneContext, message: PhoneMessage, content: ReadPayload['message']): void {
  notePoll(context, message, content);
  countVote(context, message, content);
  downloadBeside(context, message, content);
}

/** A slow file must not keep the next message waiting. */
function downloadBeside(context: PhoneContext, message: PhoneMessage, content: ReadPayload['message']): void {
  fetchMedia(context, message, content).catch((error) => {
    context.log.warn({ err: error }, 'simulator: a phone could not write down a file');
  });
}

/** Everything a stanza holds for us, the keys first; null when the content cannot be read. */
async function decryptStanza(
  context: PhoneContext,
  sender: DeviceAddress,
  stanza: WireNode,
): Promise<ReadPayload | null> {
  let content: ReadPayload | null = null;
  for (const enc of childrenNamed(stanza, 'enc')) {
    const payload = await decrypt(context, sender, { enc, group: stanza.attrs.from ?? '' });
    if (payload?.senderKey) learn(context, sender, payload.senderKey);
    if (payload && payload.kind !== 'none') content = payload;
  }
  return content;
}

async function decrypt(
  context: PhoneContext,
  sender: DeviceAddress,
  { enc, group }: { enc: WireNode; group: string },
): Promise<ReadPayload | null> {
  const { content: bytes } = enc;
  const { type } = enc.attrs;
  if (!(bytes instanceof Uint8Array)) return null;
  const peer = signalAddress(context, sender);
  try {
    if (type === 'skmsg') return readMessage(context.senderKeys.decrypt(group, peer, bytes));
    if (type !== 'pkmsg' && type !== 'msg') return null;
    return readMessage(await context.endpoint.decrypt(peer, { type, bytes }));
  } catch (error) {
    // The reason is libsignal's or ours; it names no keys.
    const cause = error instanceof Error ? error.message : 'unknown';
    context.log.warn({ device: sender.device, cause }, 'simulator: a phone could not decrypt');
    return null;
  }
}

function learn(
  context: PhoneContext,
  sender: DeviceAddress,
  { group, distribution }: NonNullable<ReadPayload['senderKey']>,
): void {
  try {
    context.senderKeys.learn(group, signalAddress(context, sender), distribution);
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown';
    context.log.warn({ device: sender.device, cause }, 'simulator: a sender key could not be read');
  }
}

function toMessage(
  context: PhoneContext,
  { stanza, sender, payload }: { stanza: WireNode; sender: DeviceAddress; payload: ReadPayload },
): PhoneMessage {
  const { id = '', from = '', recipient } = stanza.attrs;
  const own = isOwn(context, sender);
  const personal = own ? (recipient ?? payload.sentTo ?? userJid(sender)) : userJid(sender);
  const chat = isGroupJid(from) ? from : personal;
  const other = parseDeviceAddress(chat);
  const numberOf = (user: string) => context.core.findAccount(user)?.phoneNumber ?? null;
  return {
    id,
    direction: own ? 'own-copy' : 'received',
    chat,
    peer: other && numberOf(other.user),
    author: numberOf(sender.user),
    from: formatAddress(sender),
    kind: payload.kind,
    text: payload.text,
    target: payload.target,
    quoted: payload.quoted,
    edited: false,
    revoked: false,
    reactions: {},
    media: null,
    poll: null,
    at: context.clock.now().toISOString(),
    status: 'received',
  };
}

function confirm(context: PhoneContext, stanza: WireNode, { direction }: PhoneMessage): Promise<void> {
  return sendReceipt(context, stanza, direction === 'own-copy' ? 'sender' : null);
}

async function sendReceipt(context: PhoneContext, stanza: WireNode, type: string | null): Promise<void> {
  const { id, from, recipient, participant } = stanza.attrs;
  const attrs = {
    id,
    to: from,
    participant,
    type: type ?? undefined,
    recipient: type === 'sender' ? recipient : undefined,
  };
  await context.core.submit(context.phoneNumber, node('receipt', attrs));
}

/** How often one message is asked for again. */
const MOST_RETRIES = 5;

async function askAgain(context: PhoneContext, stanza: WireNode): Promise<void> {
  const { id, from, recipient, participant, t } = stanza.attrs;
  const count = (context.retries.get(id ?? '') ?? 0) + 1;
  if (count > MOST_RETRIES) return;
  context.retries.set(id ?? '', count);
  const retry = node('retry', { count: String(count), id, t, v: '1' });
  const keys = retryKeyNodes(context.endpoint.mintBundle());
  const attrs = { id, to: from, participant, type: 'retry', recipient };
  await context.core.submit(context.phoneNumber, node('receipt', attrs, [retry, ...keys]));
}
