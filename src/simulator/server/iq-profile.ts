import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid } from './directory.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, childrenNamed, childrenOf, node, resultOf, seconds, textOf } from './stanza.ts';

const PRIVACY_DEFAULTS: Readonly<Record<string, string>> = {
  readreceipts: 'all',
  last: 'all',
  online: 'all',
  profile: 'all',
  status: 'contacts',
  groupadd: 'all',
  calladd: 'all',
  messages: 'all',
};

const TOKEN_BYTES = 16;

/** `privacy`: settings, and the tokens by which a person marks another as a contact. */
export function answerPrivacy(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome | null {
  const tokens = childOf(iq, 'tokens');
  if (tokens) return passTokens(context, origin, { iq, tokens });
  const privacy = childOf(iq, 'privacy');
  if (!privacy) return null;
  const { phoneNumber, settings } = origin.account;
  if (iq.attrs.type === 'set') {
    for (const { attrs } of childrenNamed(privacy, 'category')) {
      const name = `privacy/${attrs.name ?? ''}`;
      context.state.commit({ kind: 'setting', phoneNumber, name, value: attrs.value ?? '' });
    }
    return { answer: resultOf(iq) };
  }
  const categories = Object.entries(PRIVACY_DEFAULTS).map(([name, value]) =>
    node('category', { name, value: settings.get(`privacy/${name}`) ?? value }),
  );
  return { answer: resultOf(iq, [node('privacy', {}, categories)]) };
}

/** The person who is trusted gets the token; the one who trusts gets an empty answer. */
function passTokens(
  context: ServerContext,
  { account }: Origin,
  { iq, tokens }: { iq: WireNode; tokens: WireNode },
): IqOutcome {
  for (const { attrs } of childrenNamed(tokens, 'token')) {
    const target = context.directory.resolve(attrs.jid ?? '');
    if (!target || target.account === account) continue;
    const token = node('token', { type: attrs.type, t: attrs.t }, context.random.bytes(TOKEN_BYTES));
    const header = {
      from: accountJid(account),
      sender_lid: accountJid(account, 'lid'),
      type: 'privacy_token',
      id: context.nextId(),
      t: seconds(context.clock),
    };
    const notification = node('notification', header, [node('tokens', {}, [token])]);
    for (const device of context.directory.devicesOf(target.account))
      context.delivery.deliver(device, notification);
  }
  return { answer: resultOf(iq) };
}

/** `blocklist`: the people whose messages go nowhere. */
export function answerBlocklist({ state }: ServerContext, { account }: Origin, iq: WireNode): IqOutcome {
  const { phoneNumber } = account;
  if (iq.attrs.type === 'set') {
    for (const { attrs } of childrenNamed(iq, 'item')) {
      const kind = attrs.action === 'block' ? 'block' : 'unblock';
      if (attrs.jid) state.commit({ kind, phoneNumber, jid: attrs.jid });
    }
  }
  const items = [...account.blocked].map((jid) => node('item', { jid }));
  return { answer: resultOf(iq, [node('list', {}, items)]) };
}

/** `status`: the text under a person's name. */
export function answerStatus({ state }: ServerContext, { account }: Origin, iq: WireNode): IqOutcome | null {
  const status = childOf(iq, 'status');
  if (iq.attrs.type !== 'set' || !status) return null;
  const { phoneNumber } = account;
  state.commit({ kind: 'setting', phoneNumber, name: 'status', value: textOf(status) });
  return { answer: resultOf(iq) };
}

/** `disappearing_mode`: how long new chats live by default, in seconds. */
export function answerDisappearingMode(
  { state }: ServerContext,
  { account }: Origin,
  iq: WireNode,
): IqOutcome | null {
  const [mode] = childrenOf(iq);
  if (iq.attrs.type !== 'set' || !mode) return null;
  const { phoneNumber } = account;
  const value = mode.attrs.duration ?? '0';
  state.commit({ kind: 'setting', phoneNumber, name: 'disappearing_mode', value });
  return { answer: resultOf(iq) };
}
