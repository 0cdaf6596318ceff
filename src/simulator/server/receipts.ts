import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, type DeviceRef, deviceJid, serverOf, type UserServer } from './directory.ts';
import { findGroup, groupJid, serverOfGroup } from './group-nodes.ts';
import { messageKey } from './queue-key.ts';
import { childrenNamed, childrenOf, node, seconds } from './stanza.ts';

/** Types by which a device does not say that it has the message. */
const KEEPS_WAITING: ReadonlySet<string> = new Set(['retry', 'server-error']);
/** Types by which a linked device answers its own phone, or the phone its device. */
const BETWEEN_OWN: ReadonlySet<string> = new Set(['peer_msg', 'hist_sync']);
/** Types that also tell the reader's other devices that the chat was read here. */
const MIRRORED: ReadonlySet<string> = new Set(['read', 'played']);
/** Types that concern nobody but the reader's other devices. */
const SELF_ONLY: ReadonlySet<string> = new Set(['read-self', 'played-self']);

/** Takes a receipt: frees the messages it speaks of, and tells those who should know. */
export function takeReceipt(context: ServerContext, origin: Origin, receipt: WireNode): void {
  const { to, type, recipient, participant } = receipt.attrs;
  // Clients that confirm a copy of an own message name only the chat it went to.
  const address = to ?? accountJid(origin.account, serverOf(recipient));
  const ids = idsOf(receipt);
  const from = deviceJid(origin);
  context.history.append({ kind: 'receipt', ids, from, to: address, type: type ?? 'delivered' });
  const author = type === 'sender' ? deviceJid(origin) : (participant ?? address);
  if (!KEEPS_WAITING.has(type ?? '')) settle(context, origin, { ids, author });
  const group = findGroup(context, address);
  if (group) {
    forwardInGroup(context, origin, { receipt, group });
    return;
  }
  const target = context.directory.resolve(address);
  if (target) forward(context, origin, { receipt, target, server: serverOf(address) });
}

function idsOf(receipt: WireNode): string[] {
  const more = childrenOf(receipt)
    .filter(({ tag }) => tag === 'list')
    .flatMap((list) => childrenNamed(list, 'item'));
  return [receipt, ...more].flatMap(({ attrs }) => attrs.id ?? []);
}

function settle(
  { delivery, directory }: ServerContext,
  origin: Origin,
  { ids, author }: { ids: readonly string[]; author: string },
): void {
  for (const id of ids) delivery.settle(origin, messageKey(directory, id, author));
}

interface Forwarding {
  readonly receipt: WireNode;
  readonly target: DeviceRef;
  /** The kind of address the chat uses. */
  readonly server: UserServer;
}

function forward(context: ServerContext, origin: Origin, forwarding: Forwarding): void {
  const { receipt, target, server } = forwarding;
  const { type = '' } = receipt.attrs;
  if (KEEPS_WAITING.has(type) || BETWEEN_OWN.has(type)) {
    send(context, { receipt, to: [target], from: deviceJid(origin, server) });
    return;
  }
  const isSelf = SELF_ONLY.has(type) || target.account === origin.account;
  const from = accountJid(origin.account, server);
  if (!isSelf) send(context, { receipt, to: context.directory.devicesOf(target.account), from });
  if (isSelf || MIRRORED.has(type)) mirror(context, origin, forwarding);
}

/** A receipt in a group names the author it is for; they learn which member it comes from. */
function forwardInGroup(
  context: ServerContext,
  origin: Origin,
  { receipt, group }: { receipt: WireNode; group: GroupRecord },
): void {
  const { type = '', participant = '' } = receipt.attrs;
  const author = context.directory.resolve(participant);
  if (!author) return;
  const server = serverOfGroup(group);
  const from = groupJid(group);
  const tell = (to: readonly DeviceRef[], reader: string, recipient?: string) => {
    const { recipient: _, ...attrs } = receipt.attrs;
    const about = { ...attrs, participant: reader, ...(recipient && { recipient }) };
    send(context, { receipt: { ...receipt, attrs: about }, to, from });
  };
  if (KEEPS_WAITING.has(type)) {
    tell([author], deviceJid(origin, server));
    return;
  }
  const reader = accountJid(origin.account, server);
  const isSelf = SELF_ONLY.has(type) || author.account === origin.account;
  if (!isSelf) tell(context.directory.devicesOf(author.account), reader);
  if (isSelf || MIRRORED.has(type))
    tell(otherDevices(context, origin), reader, accountJid(author.account, server));
}

/** The other devices of the person who sent the receipt: `recipient` tells them which chat it is about. */
function mirror(context: ServerContext, origin: Origin, forwarding: Forwarding): void {
  const { receipt, target, server } = forwarding;
  const recipient = receipt.attrs.recipient ?? accountJid(target.account, server);
  const mirrored = { ...receipt, attrs: { ...receipt.attrs, recipient } };
  const from = accountJid(origin.account, server);
  send(context, { receipt: mirrored, to: otherDevices(context, origin), from });
}

function otherDevices({ directory }: ServerContext, { account, device }: Origin): readonly DeviceRef[] {
  return directory.devicesOf(account).filter((other) => other.device !== device);
}

function send(
  { delivery, clock }: ServerContext,
  {
    receipt,
    to,
    from,
  }: { readonly receipt: WireNode; readonly to: readonly DeviceRef[]; readonly from: string },
): void {
  const { id, type, participant, recipient, t = seconds(clock) } = receipt.attrs;
  // Devices without a push name confirm with `inactive`; to others that is a delivery like any other.
  const forwardedType = type === 'inactive' ? undefined : type;
  const stanza = node(
    'receipt',
    { from, id, type: forwardedType, participant, recipient, t },
    receipt.content,
  );
  for (const device of to) delivery.deliver(device, stanza);
}
