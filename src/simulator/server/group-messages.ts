import { createHash } from 'node:crypto';
import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountJid, type DeviceRef, deviceJid } from './directory.ts';
import { isAdmin, memberOf } from './group-model.ts';
import { accountsOf, findGroup, groupJid, serverOfGroup } from './group-nodes.ts';
import { type Admission, type Copy, commonAttrs, contentOf, forwardedExtras, MALFORMED } from './messages.ts';
import { childOf, childrenNamed, node } from './stanza.ts';

/** There is no such group. */
const UNKNOWN_GROUP = '404';
/** The sender is no member, or only admins write here. */
const FORBIDDEN = '403';
/** The sender takes the group for one of the other kind of addresses. */
const WRONG_ADDRESSING = '421';

/**
 * Works out who gets what of a group message: the sender-key message for every device of every member, with the key
 * before it for those the sender has given one; or one device's resend.
 */
export function admitGroupMessage(context: ServerContext, origin: Origin, stanza: WireNode): Admission {
  const { id, to, participant, addressing_mode: addressing } = stanza.attrs;
  const group = findGroup(context, to);
  if (!group) return { kind: 'refused', code: UNKNOWN_GROUP };
  if (!id) return { kind: 'refused', code: MALFORMED };
  const sender = memberOf(group, origin.account.phoneNumber);
  if (!sender || (group.announcement && !isAdmin(sender))) return { kind: 'refused', code: FORBIDDEN };
  if (addressing && addressing !== group.addressing) return { kind: 'refused', code: WRONG_ADDRESSING };
  const enc = childOf(stanza, 'enc');
  if (!enc) return { kind: 'refused', code: MALFORMED };
  if (participant) return resend(context, origin, { stanza, group, enc, participant });
  return fanOut(context, origin, { stanza, group, enc });
}

interface GroupMessage {
  readonly stanza: WireNode;
  readonly group: GroupRecord;
  readonly enc: WireNode;
}

function fanOut(context: ServerContext, origin: Origin, { stanza, group, enc }: GroupMessage): Admission {
  const recipients = recipientsOf(context, origin, group);
  const keys = keysOf(context, stanza);
  const extras = forwardedExtras(stanza);
  const copies = recipients.map((to): Copy => {
    const key = keys.get(nameOf(to));
    const encs = key ? [key, enc] : [enc];
    return copyOf(context, origin, { stanza, group, to, content: [...contentOf(stanza, encs), ...extras] });
  });
  const expected = participantHash(recipients.map((ref) => deviceJid(ref, serverOfGroup(group))));
  const isStale = stanza.attrs.phash !== undefined && stanza.attrs.phash !== expected;
  return { kind: 'admitted', copies, ...(isStale && { phash: expected }) };
}

/** What one device could not read, once more; it went out of the group meanwhile, perhaps. */
function resend(
  context: ServerContext,
  origin: Origin,
  { stanza, group, enc, participant }: GroupMessage & { readonly participant: string },
): Admission {
  const to = context.directory.resolve(participant);
  if (!to || !memberOf(group, to.account.phoneNumber)) return { kind: 'admitted', copies: [] };
  const content = [...contentOf(stanza, [enc]), ...forwardedExtras(stanza)];
  return { kind: 'admitted', copies: [copyOf(context, origin, { stanza, group, to, content })] };
}

function copyOf(
  context: ServerContext,
  origin: Origin,
  {
    stanza,
    group,
    to,
    content,
  }: {
    readonly stanza: WireNode;
    readonly group: GroupRecord;
    readonly to: DeviceRef;
    readonly content: WireNode[];
  },
): Copy {
  const isLid = group.addressing === 'lid';
  const attrs = {
    ...commonAttrs(context, origin, stanza),
    from: groupJid(group),
    participant: deviceJid(origin, serverOfGroup(group)),
    participant_pn: isLid ? accountJid(origin.account) : undefined,
    participant_lid: isLid ? undefined : accountJid(origin.account, 'lid'),
    addressing_mode: group.addressing,
  };
  return { to, stanza: node('message', attrs, content), within: 'group' };
}

/** Every device of every member but the sending one. */
function recipientsOf(context: ServerContext, origin: Origin, group: GroupRecord): DeviceRef[] {
  const members = group.members.map(({ phoneNumber }) => phoneNumber);
  return accountsOf(context, members)
    .flatMap((account) => context.directory.devicesOf(account))
    .filter(({ account, device }) => account !== origin.account || device !== origin.device);
}

/** The `enc` each device was given for itself, which carries the sender key. */
function keysOf({ directory }: ServerContext, stanza: WireNode): Map<string, WireNode> {
  const keys = new Map<string, WireNode>();
  const participants = childOf(stanza, 'participants');
  for (const recipient of participants ? childrenNamed(participants, 'to') : []) {
    const ref = directory.resolve(recipient.attrs.jid ?? '');
    const enc = childOf(recipient, 'enc');
    if (ref && enc) keys.set(nameOf(ref), enc);
  }
  return keys;
}

function nameOf({ account, device }: DeviceRef): string {
  return `${account.phoneNumber}:${device}`;
}

/** What a sender calls the list of devices it wrote to; a server that knows another list says so in the ack. */
function participantHash(devices: readonly string[]): string {
  const digest = createHash('sha256').update(devices.toSorted().join('')).digest('base64');
  return `2:${digest.slice(0, 6)}`;
}
