import type { WireNode } from '../node.ts';
import type { AccountRecord } from '../state/world.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, deviceJid, serverOf } from './directory.ts';
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
  if (!origin.session || (type !== 'available' && type !== 'unavailable')) return;
  origin.session.presence = type;
  announce(context, origin.account);
}

/** `chatstate` (composing, paused): passed to the other person's devices that are there. */
export function takeChatState(context: ServerContext, origin: Origin, chatState: WireNode): void {
  const target = context.directory.resolve(chatState.attrs.to ?? '');
  if (!target) return;
  const from = accountJid(origin.account, serverOf(chatState.attrs.to));
  const passed = node('chatstate', { from }, chatState.content);
  for (const device of context.directory.devicesOf(target.account)) context.delivery.relay(device, passed);
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

/** A person is available when one of their devices is. */
function presenceOf(context: ServerContext, account: AccountRecord, jid = accountJid(account)): WireNode {
  const isAvailable = context.directory
    .devicesOf(account)
    .some((ref) => context.sessions.get(ref)?.presence === 'available');
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
  const told = [account.phoneNumber, ...account.contacts].flatMap(
    (number) => context.directory.find(number) ?? [],
  );
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

function now({ clock }: ServerContext): string {
  return String(Math.floor(clock.now().getTime() / 1000));
}
