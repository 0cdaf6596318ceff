import type { DeviceAddress, SimAccount } from '../core.ts';
import type { WireNode } from '../node.ts';
import { formatAddress } from '../wire/jid.ts';
import { encodeMessage, type Message } from './payload.ts';
import { ownAccount, type PhoneContext, signalAddress } from './phone-context.ts';
import type { SentMessage } from './sent-box.ts';

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

/** The `to` of each device there is a session with. */
export async function encryptForEach(
  context: PhoneContext,
  copies: readonly { readonly device: DeviceAddress; readonly content: Message }[],
  attrs: Readonly<Record<string, string>> = {},
): Promise<WireNode[]> {
  const nodes: WireNode[] = [];
  for (const { device, content } of copies) {
    if (!(await context.endpoint.hasSession(signalAddress(context, device)))) continue;
    const enc = await encryptFor(context, device, content);
    const withAttrs = { ...enc, attrs: { ...enc.attrs, ...attrs } };
    nodes.push({ tag: 'to', attrs: { jid: formatAddress(device) }, content: [withAttrs] });
  }
  return nodes;
}

/** What is said of the ciphertext beside it. */
export function encAttrs({ mediaType, content }: SentMessage): Record<string, string> {
  return {
    ...(mediaType !== null && { mediatype: mediaType }),
    ...(content.reactionMessage && { 'decrypt-fail': 'hide' }),
  };
}

export function allDevices(account: SimAccount, server: DeviceAddress['server']): DeviceAddress[] {
  const user = server === 'lid' ? account.lid : account.phoneNumber;
  return [0, ...account.devices.map(({ device }) => device)].map((device) => ({ user, device, server }));
}

/** A copy for the own linked devices, which have to be told the chat. */
export function ownCopy(destinationJid: string, message: Message): Message {
  return { deviceSentMessage: { destinationJid, message } };
}

export function isOwn(context: PhoneContext, { user }: DeviceAddress): boolean {
  const own = ownAccount(context);
  return user === own.phoneNumber || user === own.lid;
}
