import type { WireNode } from '../node.ts';
import { childOf, childrenNamed, node } from '../server/stanza.ts';
import { isGroupJid, parseDeviceAddress } from '../wire/jid.ts';
import { parseRetryKeys } from './key-bundle.ts';
import { answerMediaRetry } from './media.ts';
import type { PhoneMessage } from './message-book.ts';
import { isOwn } from './pairwise.ts';
import { type PhoneContext, signalAddress, unixSeconds } from './phone-context.ts';
import { resendTo } from './sending.ts';
import { ensureSessions, renewSessions } from './sessions.ts';

/** A receipt for messages of ours: moves their status, or sends one again when its reader asks. */
export async function handleReceipt(context: PhoneContext, receipt: WireNode): Promise<void> {
  const { type } = receipt.attrs;
  if (type === 'retry') return answerRetry(context, receipt);
  if (type === 'server-error') return answerMediaRetry(context, receipt);
  const reader = parseDeviceAddress(receipt.attrs.participant ?? receipt.attrs.from ?? '');
  if (!reader || isOwn(context, reader)) return;
  const status = type === 'read' || type === 'played' ? 'read' : 'delivered';
  for (const id of receiptIds(receipt)) {
    if (context.book.find(id)?.direction === 'sent') context.book.advance(id, status);
  }
}

/** Tells the senders that the owner of the phone has read these messages. */
export async function sendReadReceipts(
  context: PhoneContext,
  messages: readonly PhoneMessage[],
): Promise<void> {
  // In a group a receipt is for one author.
  const recipientOf = ({ chat, from }: PhoneMessage) => (isGroupJid(chat) ? `${chat} ${from}` : chat);
  for (const [recipient, unread] of Map.groupBy(messages, recipientOf)) {
    const [chat, participant] = recipient.split(' ');
    const [first, ...rest] = unread.map(({ id }) => id);
    const items = rest.map((id) => node('item', { id }));
    const attrs = { id: first, to: chat, participant, type: 'read', t: String(unixSeconds(context)) };
    const receipt = node('receipt', attrs, items.length > 0 ? [node('list', {}, items)] : undefined);
    await context.core.submit(context.phoneNumber, receipt);
    for (const { id } of unread) context.book.advance(id, 'read');
  }
}

async function answerRetry(context: PhoneContext, receipt: WireNode): Promise<void> {
  const device = parseDeviceAddress(receipt.attrs.participant ?? receipt.attrs.from ?? '');
  const message = context.sentBox.find(receipt.attrs.id ?? '');
  if (!device || !message) return;
  const count = Number(childOf(receipt, 'retry')?.attrs.count ?? 1);
  const keys = parseRetryKeys(receipt);
  if (keys) await context.endpoint.startSession(signalAddress(context, device), keys);
  // Without keys the first request may be about a lost message only; from the second on the session is to blame.
  else if (count > 1) await renewSessions(context, [device]);
  else await ensureSessions(context, [device]);
  await resendTo(context, message, { device, count });
}

function receiptIds(receipt: WireNode): string[] {
  const list = childOf(receipt, 'list');
  const items = list ? childrenNamed(list, 'item').map(({ attrs }) => attrs.id) : [];
  return [receipt.attrs.id, ...items].filter((id) => id !== undefined);
}
