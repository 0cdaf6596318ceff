import type { WireNode } from '../node.ts';
import type { GroupMember, GroupRecord } from '../state/group-record.ts';
import type { AccountRecord } from '../state/world.ts';
import { isGroupJid } from '../wire/jid.ts';
import type { ServerContext } from './context.ts';
import { accountJid, type UserServer } from './directory.ts';
import { node } from './stanza.ts';

export function groupJid({ id }: GroupRecord): string {
  return `${id}@g.us`;
}

/** The group an address names; null when there is none. */
export function findGroup({ state }: ServerContext, jid: string | undefined): GroupRecord | null {
  if (!jid || !isGroupJid(jid)) return null;
  return state.world.groups.get(jid.slice(0, -'@g.us'.length)) ?? null;
}

/** By which of their two addresses the members of a group know each other. */
export function serverOfGroup({ addressing }: GroupRecord): UserServer {
  return addressing === 'lid' ? 'lid' : 's.whatsapp.net';
}

/** The accounts of these members. */
export function accountsOf(
  { directory }: ServerContext,
  phoneNumbers: readonly string[],
): readonly AccountRecord[] {
  return phoneNumbers.flatMap((phoneNumber) => directory.find(phoneNumber) ?? []);
}

/** A person as the group names them, with the other address beside it. */
export function personAttrs({ directory }: ServerContext, group: GroupRecord, phoneNumber: string) {
  const account = directory.find(phoneNumber);
  if (!account) return { jid: `${phoneNumber}@s.whatsapp.net` };
  return group.addressing === 'lid'
    ? { jid: accountJid(account, 'lid'), phone_number: accountJid(account) }
    : { jid: accountJid(account), lid: accountJid(account, 'lid') };
}

export function participantNode(
  context: ServerContext,
  group: GroupRecord,
  { phoneNumber, role }: GroupMember,
): WireNode {
  const type = role === 'member' ? undefined : role;
  return node('participant', { ...personAttrs(context, group, phoneNumber), type });
}

/** The names of the attributes that tell who acted, with a prefix such as `participant` or `creator`. */
export function actorAttrs(
  context: ServerContext,
  { group, phoneNumber, prefix }: { group: GroupRecord; phoneNumber: string; prefix: string },
): Record<string, string | undefined> {
  const { jid, phone_number, lid } = {
    phone_number: undefined,
    lid: undefined,
    ...personAttrs(context, group, phoneNumber),
  };
  return { [prefix]: jid, [`${prefix}_pn`]: phone_number, [`${prefix}_lid`]: lid };
}

/** Everything a member may know of the group; strangers who hold an invitation are told no participants. */
export function groupNode(
  context: ServerContext,
  group: GroupRecord,
  members: readonly GroupMember[] = group.members,
): WireNode {
  const { subject, creator } = group;
  const attrs = {
    id: group.id,
    addressing_mode: group.addressing,
    subject: subject.text,
    s_t: String(subject.at),
    ...actorAttrs(context, { group, phoneNumber: subject.by, prefix: 's_o' }),
    creation: String(group.createdAt),
    ...actorAttrs(context, { group, phoneNumber: creator, prefix: 'creator' }),
    size: String(group.members.length),
  };
  const participants = members.map((member) => participantNode(context, group, member));
  return node('group', attrs, [...participants, ...settingNodes(context, group)]);
}

function settingNodes(context: ServerContext, group: GroupRecord): WireNode[] {
  const { description } = group;
  return [
    node('member_add_mode', {}, Buffer.from(group.memberAddMode)),
    ...(description ? [descriptionNode(context, group, description)] : []),
    ...(group.announcement ? [node('announcement')] : []),
    ...(group.locked ? [node('locked')] : []),
    ...(group.ephemeral > 0 ? [node('ephemeral', { expiration: String(group.ephemeral) })] : []),
    ...(group.joinApproval ? [approvalNode('on')] : []),
  ];
}

function descriptionNode(
  context: ServerContext,
  group: GroupRecord,
  { id, text, by, at }: NonNullable<GroupRecord['description']>,
): WireNode {
  const author = actorAttrs(context, { group, phoneNumber: by, prefix: 'participant' });
  return node('description', { id, t: String(at), ...author }, [node('body', {}, Buffer.from(text))]);
}

export function approvalNode(state: 'on' | 'off'): WireNode {
  return node('membership_approval_mode', {}, [node('group_join', { state })]);
}
