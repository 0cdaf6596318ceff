import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { AccountRecord } from '../state/world.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, deviceJid, serverOf } from './directory.ts';
import { accountsOf, findGroup, groupJid, serverOfGroup } from './group-nodes.ts';
import { node } from './stanza.ts';

/** `presence`: the client's own, its push name, or a wish to hear of another person's. */
export function takePresence(context: ServerContext, origin: Origin, presence: WireNode): void {
  const { type, to, name } = presence.attrs;
  if (type === 'subscribe') {
    subscribe(context, origin, to ?? '');
    return;
  }
  if (name && name !== origin.account.pushName) {
    const { phoneNumber } = origin.account;
    context.state.commit({ kind: 'push-name', phoneNumber, pushName: name });
  }
  if (type !== 'available' && type !== 'unavailable') return;
  if (origin.session) origin.session.presence = type;
  else notePhone(context, origin.account, type);
  announce(context, origin.account);
}

function notePhone({ sessions }: ServerContext, { phoneNumber }: AccountRecord, type: string): void {
  if (type === 'available') sessions.availablePhones.add(phoneNumber);
  else sessions.availablePhones.delete(phoneNumber);
}

/** `chatstate` (composing, paused): passed to the devices of the other person, or of the members, that are there. */
export function takeChatState(context: ServerContext, origin: Origin, chatState: WireNode): void {
  const group = findGroup(context, chatState.attrs.to);
  if (group) {
    relayInGroup(context, origin, { chatState, group });
    return;
  }
  const target = context.directory.resolve(chatState.attrs.to ?? '');
  if (!target) return;
  const from = accountJid(origin.account, serverOf(chatState.attrs.to));
  const passed = node('chatstate', { from }, chatState.content);
  for (const device of context.directory.devicesOf(target.account)) context.delivery.relay(device, passed);
}

function relayInGroup(
  context: ServerContext,
  { account }: Origin,
  { chatState, group }: { chatState: WireNode; group: GroupRecord },
): void {
  const others = group.members.filter(({ phoneNumber }) => phoneNumber !== account.phoneNumber);
  if (others.length === group.members.length) return;
  const attrs = { from: groupJid(group), participant: accountJid(account, serverOfGroup(group)) };
  const passed = node('chatstate', attrs, chatState.content);
  for (const other of accountsOf(
    context,
    others.map(({ phoneNumber }) => phoneNumber),
  )) {
    for (const device of context.directory.devicesOf(other)) context.delivery.relay(device, passed);
  }
}

/** Tells subscribers how a person's presence is now; called as well when a session ends. */
export function announce(context: ServerContext, account: AccountRecord): void {
  for (const session of context.sessions.all()) {
    if (session.subscriptions.has(account.phoneNumber)) session.connection.send(presenceOf(context, account));
  }
}

function subscribe(context: ServerContext, { session }: Origin, jid: string): void {
  const target = context.directory.resolve(jid);
  if (!target || !session) return;
  session.subscriptions.add(target.account.phoneNumber);
  session.connection.send(presenceOf(context, target.account, jid));
}

/** A person is available when their phone or one of their devices is. */
function presenceOf(context: ServerContext, account: AccountRecord, jid = accountJid(account)): WireNode {
  const { sessions, directory } = context;
  const isAvailable =
    sessions.availablePhones.has(account.phoneNumber) ||
    directory.devicesOf(account).some((ref) => sessions.get(ref)?.presence === 'available');
  return node('presence', {
    from: jid,
    ...(isAvailable ? { type: 'available' } : { type: 'unavailable', last: 'deny' }),
  });
}

/** Tells a person's contacts and other devices that a device was linked or removed. */
export function announceDevices(
  context: ServerContext,
  account: AccountRecord,
  { change, device, keyIndex }: { change: 'add' | 'remove'; device: number; keyIndex: number },
): void {
  const numbers = new Set([account.phoneNumber, ...account.contacts, ...fellowsOf(context, account)]);
  const told = accountsOf(context, [...numbers]);
  const refs = told.flatMap((other) => context.directory.devicesOf(other));
  for (const server of ['s.whatsapp.net', 'lid'] as const) {
    const changed = node('device', {
      jid: deviceJid({ account, device }, server),
      'key-index': String(keyIndex),
    });
    const id = context.nextId();
    const stanza = node(
      'notification',
      { from: accountJid(account, server), type: 'devices', id, t: now(context) },
      [node(change, {}, [changed])],
    );
    for (const ref of refs) {
      if (ref.account !== account || ref.device !== device) context.delivery.deliver(ref, stanza);
    }
  }
}

/** Those who share a group with a person write to its devices too. */
function fellowsOf({ state }: ServerContext, { phoneNumber }: AccountRecord): string[] {
  return [...state.world.groups.values()]
    .map(({ members }) => members.map((member) => member.phoneNumber))
    .filter((members) => members.includes(phoneNumber))
    .flat();
}

function now({ clock }: ServerContext): string {
  return String(Math.floor(clock.now().getTime() / 1000));
}
