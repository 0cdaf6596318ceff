import type { WireNode } from '../node.ts';
import type { AccountRecord } from '../state/world.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, serverOf } from './directory.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, childrenNamed, childrenOf, node, resultOf, seconds, textOf } from './stanza.ts';

/** `usync`: devices, LID, registration, status text and disappearing mode of many people in one question. */
export function answerUsync(context: ServerContext, _origin: Origin, iq: WireNode): IqOutcome | null {
  const usync = childOf(iq, 'usync');
  const query = usync && childOf(usync, 'query');
  const list = usync && childOf(usync, 'list');
  if (!usync || !query || !list) return null;
  const topics = childrenOf(query).map(({ tag }) => tag);
  const users = childrenNamed(list, 'user').map((user) => describeUser(context, user, topics));
  const result = node(
    'result',
    {},
    topics.map((topic) => node(topic)),
  );
  const answer = node('usync', usync.attrs, [result, node('list', {}, users)]);
  return { answer: resultOf(iq, [answer]) };
}

interface Person {
  readonly jid: string;
  readonly account: AccountRecord | null;
}

function describeUser(context: ServerContext, user: WireNode, topics: readonly string[]): WireNode {
  const person = whoIs(context, user);
  const answers = topics.flatMap((topic) => describe(context, person, topic) ?? []);
  return node('user', { jid: person.jid }, answers);
}

/** A user is named by JID, or by a phone number inside `contact`. */
function whoIs({ directory }: ServerContext, user: WireNode): Person {
  const { jid } = user.attrs;
  if (jid) {
    const account = directory.resolve(jid)?.account ?? null;
    return { account, jid: account ? accountJid(account, serverOf(jid)) : jid };
  }
  const digits = textOf(childOf(user, 'contact')).replace(/\D/g, '');
  return { account: directory.find(digits), jid: `${digits}@s.whatsapp.net` };
}

function describe(context: ServerContext, { jid, account }: Person, topic: string): WireNode | null {
  switch (topic) {
    case 'contact':
      return node('contact', { type: account ? 'in' : 'out' });
    case 'devices':
      return node('devices', {}, [node('device-list', {}, account ? deviceNodes(context, account) : [])]);
    case 'lid':
      // Whoever asks by LID knows it, and would take it for the LID of a LID.
      return account && serverOf(jid) !== 'lid' ? node('lid', { val: accountJid(account, 'lid') }) : null;
    case 'status':
      return account ? statusNode(context, account) : null;
    case 'disappearing_mode':
      return account ? node('disappearing_mode', { duration: durationOf(account), t: '0' }) : null;
    default:
      return null;
  }
}

function deviceNodes({ directory }: ServerContext, account: AccountRecord): WireNode[] {
  return directory.devicesOf(account).map(({ device }) => {
    const keyIndex = account.devices.get(device)?.keyIndex;
    return node('device', {
      id: String(device),
      'key-index': keyIndex === undefined ? undefined : String(keyIndex),
    });
  });
}

function statusNode({ clock }: ServerContext, account: AccountRecord): WireNode {
  const text = account.settings.get('status') ?? '';
  return node('status', { t: seconds(clock) }, Buffer.from(text));
}

function durationOf({ settings }: AccountRecord): string {
  return settings.get('disappearing_mode') ?? '0';
}
