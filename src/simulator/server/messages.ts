import type { WireNode } from '../node.ts';
import { parseDeviceAddress } from '../wire/jid.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, type DeviceRef, deviceJid, serverOf } from './directory.ts';
import { childOf, childrenNamed, childrenOf, node, seconds } from './stanza.ts';

/** A message that was checked and may be delivered, or the code it is refused with. */
export type Admission =
  | {
      readonly kind: 'admitted';
      readonly copies: readonly Copy[];
      /** Set when the sender wrote to another list of devices than the group has now. */
      readonly phash?: string;
    }
  | { readonly kind: 'refused'; readonly code: string };

/** One device's part of a message. */
export interface Copy {
  readonly to: DeviceRef;
  readonly stanza: WireNode;
  /** What is said in a group reaches those who blocked its author too. */
  readonly within?: 'group';
}

/** Nobody has this address. */
const UNKNOWN_RECIPIENT = '404';
/** The stanza has no form a client of today would send. */
export const MALFORMED = '479';

/** Parts of a message that are for the server, or for one device only. */
const NOT_FORWARDED: ReadonlySet<string> = new Set(['participants', 'enc', 'device-identity', 'tctoken']);

/** Works out who gets what of a message to a person. Nothing is sent yet: a fault may still prevent it. */
export function admitMessage(context: ServerContext, origin: Origin, stanza: WireNode): Admission {
  const { id, to } = stanza.attrs;
  if (!id || !to) return { kind: 'refused', code: MALFORMED };
  // The status broadcast and newsletters are no addresses of persons: nobody is there yet.
  if (!parseDeviceAddress(to)) return { kind: 'refused', code: UNKNOWN_RECIPIENT };
  const chat = context.directory.resolve(to);
  if (!chat) return { kind: 'refused', code: UNKNOWN_RECIPIENT };
  const participants = childOf(stanza, 'participants');
  if (participants) return admitFanOut(context, origin, { stanza, participants, chat });
  const enc = childOf(stanza, 'enc');
  if (!enc) return { kind: 'refused', code: MALFORMED };
  return { kind: 'admitted', copies: [directCopy(context, origin, { stanza, enc, to: chat })] };
}

/** Sends what was admitted on its way. */
export function forwardMessage(
  { delivery, directory }: ServerContext,
  origin: Origin,
  copies: readonly Copy[],
): void {
  for (const { to, stanza, within } of copies) {
    if (within !== 'group' && isBlocked(origin, to)) continue;
    directory.acquaint(origin.account, to.account);
    delivery.deliver(to, stanza);
  }
}

/** The blocked never learn it: their messages are taken and go nowhere. */
function isBlocked(origin: Origin, { account }: DeviceRef): boolean {
  if (account.blocked.size === 0 || account === origin.account) return false;
  return (
    account.blocked.has(accountJid(origin.account, 'lid')) || account.blocked.has(accountJid(origin.account))
  );
}

interface FanOut {
  readonly stanza: WireNode;
  readonly participants: WireNode;
  readonly chat: DeviceRef;
}

function admitFanOut(
  context: ServerContext,
  origin: Origin,
  { stanza, participants, chat }: FanOut,
): Admission {
  const copies: Copy[] = [];
  const extras = forwardedExtras(stanza);
  for (const participant of childrenNamed(participants, 'to')) {
    const to = context.directory.resolve(participant.attrs.jid ?? '');
    const enc = childOf(participant, 'enc');
    if (!to || !enc || (to.account !== chat.account && to.account !== origin.account)) continue;
    copies.push({ to, stanza: copyFor(context, origin, { stanza, enc, to, extras }) });
  }
  return { kind: 'admitted', copies };
}

interface CopyParts {
  readonly stanza: WireNode;
  readonly enc: WireNode;
  readonly to: DeviceRef;
  readonly extras: readonly WireNode[];
}

function copyFor(context: ServerContext, origin: Origin, parts: CopyParts): WireNode {
  const isOwn = parts.to.account === origin.account;
  return isOwn ? ownCopy(context, origin, parts) : foreignCopy(context, origin, parts);
}

/** What another person's device gets: it learns the sender's other address too. */
function foreignCopy(context: ServerContext, origin: Origin, { stanza, enc, extras }: CopyParts): WireNode {
  const server = serverOf(stanza.attrs.to);
  const isLid = server === 'lid';
  const attrs = {
    ...commonAttrs(context, origin, stanza),
    from: deviceJid(origin, server),
    sender_lid: isLid ? undefined : accountJid(origin.account, 'lid'),
    sender_pn: isLid ? accountJid(origin.account) : undefined,
    addressing_mode: isLid ? 'lid' : undefined,
  };
  return node('message', attrs, [...contentOf(stanza, [enc]), ...extras]);
}

/**
 * What the sender's other devices get: `recipient` names the chat. The sender's other address is left out on purpose:
 * clients take it for the chat's, and would file the contact's LID under their own number.
 */
function ownCopy(context: ServerContext, origin: Origin, { stanza, enc, extras }: CopyParts): WireNode {
  const { to = '', recipient } = stanza.attrs;
  const server = serverOf(to);
  const attrs = {
    ...commonAttrs(context, origin, stanza),
    from: deviceJid(origin, server),
    recipient: recipient ?? bareJid(context, to),
    addressing_mode: server === 'lid' ? 'lid' : undefined,
  };
  return node('message', attrs, [...contentOf(stanza, [enc]), ...extras]);
}

/** A message for one device: a resend somebody asked for, or one between the devices of a person. */
function directCopy(
  context: ServerContext,
  origin: Origin,
  { stanza, enc, to }: { stanza: WireNode; enc: WireNode; to: DeviceRef },
): Copy {
  const extras = forwardedExtras(stanza);
  const isPeer = stanza.attrs.category === 'peer';
  if (!isPeer) return { to, stanza: copyFor(context, origin, { stanza, enc, to, extras }) };
  const attrs = {
    ...commonAttrs(context, origin, stanza),
    from: deviceJid(origin, serverOf(stanza.attrs.to)),
  };
  return { to, stanza: node('message', attrs, [...contentOf(stanza, [enc]), ...extras]) };
}

/** The sender's name goes to its own devices too: from there a linked device learns how its owner is called. */
export function commonAttrs({ clock }: ServerContext, origin: Origin, { attrs }: WireNode) {
  const { id, type, edit, category } = attrs;
  return { id, type, edit, category, t: seconds(clock), notify: origin.account.pushName };
}

/** What a device gets to decrypt, and the sender's device identity when that opens a session. */
export function contentOf(stanza: WireNode, encs: readonly WireNode[]): WireNode[] {
  const opens = encs.some(({ attrs }) => attrs.type === 'pkmsg');
  const identity = opens ? childOf(stanza, 'device-identity') : null;
  return identity ? [...encs, identity] : [...encs];
}

/** What goes to everybody unread. */
export function forwardedExtras(stanza: WireNode): WireNode[] {
  return childrenOf(stanza).filter((child) => !NOT_FORWARDED.has(child.tag));
}

function bareJid({ directory }: ServerContext, jid: string): string {
  const ref = directory.resolve(jid);
  return ref ? accountJid(ref.account, serverOf(jid)) : jid;
}
