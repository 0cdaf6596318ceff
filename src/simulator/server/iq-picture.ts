import type { WireNode } from '../node.ts';
import type { AccountRecord } from '../state/world.ts';
import { isGroupJid } from '../wire/jid.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, type DeviceRef } from './directory.ts';
import { isAdmin, memberOf } from './group-model.ts';
import { accountsOf, actorAttrs, findGroup, groupJid } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { bytesOf, childOf, errorOf, node, resultOf, seconds } from './stanza.ts';

/** Pictures are small JPEGs. */
const MOST_BYTES = 2 * 1024 * 1024;
const JPEG = Uint8Array.of(0xff, 0xd8);

/** Whose picture it is, and who may do what with it. */
interface Owner {
  /** The key it is stored by: a phone number, or the address of a group. */
  readonly key: string;
  readonly mayLook: boolean;
  readonly mayChange: boolean;
  /** Who hears of a change, and how. */
  readonly audience: () => readonly { readonly to: readonly DeviceRef[]; readonly from: string }[];
  readonly author: Record<string, string | undefined>;
}

/** `w:profile:picture`: the picture of a person or a group. */
export function answerPicture(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome {
  const owner = ownerOf(context, origin, iq.attrs.target);
  if (!owner) return { answer: errorOf(iq, 404, 'item-not-found') };
  return iq.attrs.type === 'set' ? change(context, iq, owner) : show(context, iq, owner);
}

function show(context: ServerContext, iq: WireNode, { key, mayLook }: Owner): IqOutcome {
  if (!mayLook) return { answer: errorOf(iq, 401, 'not-authorized') };
  const picture = context.state.world.pictures.get(key);
  const [host] = context.mediaHosts;
  if (!picture || !host) return { answer: errorOf(iq, 404, 'item-not-found') };
  const { id } = picture;
  const type = childOf(iq, 'picture')?.attrs.type ?? 'image';
  const path = `/pps/${id}`;
  return {
    answer: resultOf(iq, [node('picture', { id, type, url: `https://${host}${path}`, direct_path: path })]),
  };
}

/** A picture, or none: then it is taken down. */
function change(context: ServerContext, iq: WireNode, owner: Owner): IqOutcome {
  if (!owner.mayChange) return { answer: errorOf(iq, 403, 'forbidden') };
  const given = childOf(iq, 'picture');
  const image = bytesOf(given);
  if (given && (!image || !isPicture(image))) return { answer: errorOf(iq, 406, 'not-acceptable') };
  const id = String(context.random.bytes(6).readUIntBE(0, 6));
  context.state.commit({ kind: 'picture', owner: owner.key, id, image });
  const content = image ? [node('picture', { id })] : [];
  return { answer: resultOf(iq, content), afterwards: () => announce(context, owner, image && id) };
}

function isPicture(image: Uint8Array): boolean {
  return image.length <= MOST_BYTES && Buffer.compare(image.subarray(0, JPEG.length), JPEG) === 0;
}

function announce(context: ServerContext, { audience, author }: Owner, id: string | null): void {
  for (const { to, from } of audience()) {
    const news = node(id === null ? 'delete' : 'set', { jid: from, id: id ?? undefined, ...author });
    const attrs = { from, type: 'picture', id: context.nextId(), t: seconds(context.clock) };
    const notification = node('notification', attrs, [news]);
    for (const device of to) context.delivery.deliver(device, notification);
  }
}

function ownerOf(context: ServerContext, origin: Origin, target: string | undefined): Owner | null {
  if (target && isGroupJid(target)) return groupOwner(context, origin, target);
  const account = target ? context.directory.resolve(target)?.account : origin.account;
  return account ? personalOwner(context, origin, account) : null;
}

function groupOwner(context: ServerContext, { account }: Origin, target: string): Owner | null {
  const group = findGroup(context, target);
  if (!group) return null;
  const member = memberOf(group, account.phoneNumber);
  const people = group.members.map(({ phoneNumber }) => phoneNumber);
  return {
    key: groupJid(group),
    mayLook: member !== null,
    mayChange: member !== null && (!group.locked || isAdmin(member)),
    audience: () => [{ from: groupJid(group), to: devicesOf(context, accountsOf(context, people)) }],
    author: actorAttrs(context, { group, phoneNumber: account.phoneNumber, prefix: 'author' }),
  };
}

/** Contacts know a person by number, and some by LID. */
function personalOwner(context: ServerContext, origin: Origin, account: AccountRecord): Owner {
  const isOwn = account === origin.account;
  const setting = account.settings.get('privacy/profile') ?? 'all';
  const isKnown = setting === 'contacts' && account.contacts.has(origin.account.phoneNumber);
  const people = [account.phoneNumber, ...account.contacts];
  return {
    key: account.phoneNumber,
    mayLook: isOwn || setting === 'all' || isKnown,
    mayChange: isOwn,
    audience: () => [{ from: accountJid(account), to: devicesOf(context, accountsOf(context, people)) }],
    author: { author: accountJid(account) },
  };
}

function devicesOf({ directory }: ServerContext, accounts: readonly AccountRecord[]): DeviceRef[] {
  return accounts.flatMap((account) => directory.devicesOf(account));
}
