import type { DeviceAddress } from '../core.ts';
import type { WireNode } from '../node.ts';
import { childrenNamed, node } from '../server/stanza.ts';
import { formatAddress, parseDeviceAddress, userJid } from '../wire/jid.ts';
import { retryKeyNodes } from './key-bundle.ts';
import type { PhoneMessage } from './message-book.ts';
import { type ReadPayload, readMessage } from './payload.ts';
import { ownAccount, type PhoneContext, signalAddress } from './phone-context.ts';

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
  const sender = parseDeviceAddress(stanza.attrs.from ?? '');
  if (!sender || stanza.attrs.id === undefined) return null;
  const payload = await decryptStanza(context, sender, stanza);
  if (!payload) {
    // A second copy of a message that was read cannot be decrypted, and need not be.
    const known = context.book.find(stanza.attrs.id);
    await (known ? confirm(context, stanza, known) : askAgain(context, stanza));
    return null;
  }
  context.retries.delete(stanza.attrs.id);
  if (stanza.attrs.category === 'peer') {
    await sendReceipt(context, stanza, 'peer_msg');
    return null;
  }
  const message = toMessage(context, { stanza, sender, payload });
  const isNew = context.book.add(message);
  if (message.direction === 'own-copy' || sendsReceipts()) await confirm(context, stanza, message);
  return isNew ? message : null;
}

/** Null when the message cannot be read. */
async function decryptStanza(
  context: PhoneContext,
  sender: DeviceAddress,
  stanza: WireNode,
): Promise<ReadPayload | null> {
  const [enc] = childrenNamed(stanza, 'enc').filter(
    ({ attrs }) => attrs.type === 'pkmsg' || attrs.type === 'msg',
  );
  if (!enc || !(enc.content instanceof Uint8Array)) return null;
  const type = enc.attrs.type === 'pkmsg' ? 'pkmsg' : 'msg';
  try {
    const peer = signalAddress(context, sender);
    return readMessage(await context.endpoint.decrypt(peer, { type, bytes: enc.content }));
  } catch (error) {
    // The reason is libsignal's; it names no keys.
    const cause = error instanceof Error ? error.message : 'unknown';
    context.log.warn({ device: sender.device, cause }, 'simulator: a phone could not decrypt');
    return null;
  }
}

function toMessage(
  context: PhoneContext,
  { stanza, sender, payload }: { stanza: WireNode; sender: DeviceAddress; payload: ReadPayload },
): PhoneMessage {
  const own = ownAccount(context);
  const isOwn = sender.user === own.phoneNumber || sender.user === own.lid;
  const chat = isOwn ? (stanza.attrs.recipient ?? payload.sentTo ?? userJid(sender)) : userJid(sender);
  const other = parseDeviceAddress(chat);
  return {
    id: stanza.attrs.id ?? '',
    direction: isOwn ? 'own-copy' : 'received',
    chat,
    peer: (other && context.core.findAccount(other.user)?.phoneNumber) ?? null,
    from: formatAddress(sender),
    kind: payload.kind,
    text: payload.text,
    at: context.clock.now().toISOString(),
    status: 'received',
  };
}

function confirm(context: PhoneContext, stanza: WireNode, { direction }: PhoneMessage): Promise<void> {
  return sendReceipt(context, stanza, direction === 'own-copy' ? 'sender' : null);
}

async function sendReceipt(context: PhoneContext, stanza: WireNode, type: string | null): Promise<void> {
  const { id, from, recipient } = stanza.attrs;
  const attrs = {
    id,
    to: from,
    type: type ?? undefined,
    recipient: type === 'sender' ? recipient : undefined,
  };
  await context.core.submit(context.phoneNumber, node('receipt', attrs));
}

/** How often one message is asked for again. */
const MOST_RETRIES = 5;

async function askAgain(context: PhoneContext, stanza: WireNode): Promise<void> {
  const { id, from, recipient, t } = stanza.attrs;
  const count = (context.retries.get(id ?? '') ?? 0) + 1;
  if (count > MOST_RETRIES) return;
  context.retries.set(id ?? '', count);
  const retry = node('retry', { count: String(count), id, t, v: '1' });
  const keys = retryKeyNodes(context.endpoint.mintBundle());
  const receipt = node('receipt', { id, to: from, type: 'retry', recipient }, [retry, ...keys]);
  await context.core.submit(context.phoneNumber, receipt);
}
