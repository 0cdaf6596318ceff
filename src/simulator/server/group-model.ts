import type { GroupMember, GroupRecord, JoinRequest } from '../state/group-record.ts';

/** What a new group is made of. */
export interface NewGroup {
  readonly id: string;
  readonly addressing: 'lid' | 'pn';
  readonly creator: string;
  readonly subject: string;
  readonly inviteCode: string;
  /** Unix seconds. */
  readonly now: number;
  /** Everybody but the creator. */
  readonly members: readonly string[];
}

/** Codes that were valid once are remembered so far back. */
const REMEMBERED_CODES = 50;

export function newGroup({
  id,
  addressing,
  creator,
  subject,
  inviteCode,
  now,
  members,
}: NewGroup): GroupRecord {
  return {
    id,
    addressing,
    creator,
    createdAt: now,
    subject: { text: subject, by: creator, at: now },
    description: null,
    announcement: false,
    locked: false,
    ephemeral: 0,
    memberAddMode: 'all_member_add',
    joinApproval: false,
    inviteCode,
    revokedCodes: [],
    members: [{ phoneNumber: creator, role: 'superadmin' }, ...members.map(plainMember)],
    requests: [],
    invites: [],
  };
}

export function memberOf({ members }: GroupRecord, phoneNumber: string): GroupMember | null {
  return members.find((member) => member.phoneNumber === phoneNumber) ?? null;
}

export function isAdmin(member: GroupMember | null): boolean {
  return member !== null && member.role !== 'member';
}

/** The phone numbers of those who decide. */
export function adminsOf({ members }: GroupRecord): string[] {
  return members.filter(isAdmin).map(({ phoneNumber }) => phoneNumber);
}

/** With these people in it; whatever they asked or were offered before is settled. */
export function withMembers(group: GroupRecord, phoneNumbers: readonly string[]): GroupRecord {
  const newcomers = phoneNumbers.filter((phoneNumber) => !memberOf(group, phoneNumber));
  const isNew = ({ phoneNumber }: { readonly phoneNumber: string }) => newcomers.includes(phoneNumber);
  return {
    ...group,
    members: [...group.members, ...newcomers.map(plainMember)],
    requests: group.requests.filter((request) => !isNew(request)),
    invites: group.invites.filter((invite) => !isNew(invite)),
  };
}

/** Without these people; a group that has members left but no admin gets one. */
export function withoutMembers(group: GroupRecord, phoneNumbers: readonly string[]): GroupRecord {
  const members = group.members.filter(({ phoneNumber }) => !phoneNumbers.includes(phoneNumber));
  const [eldest, ...others] = members;
  if (!eldest || members.some(isAdmin)) return { ...group, members };
  return { ...group, members: [{ ...eldest, role: 'admin' }, ...others] };
}

export function withRole(
  group: GroupRecord,
  phoneNumbers: readonly string[],
  role: GroupMember['role'],
): GroupRecord {
  const members = group.members.map((member) =>
    phoneNumbers.includes(member.phoneNumber) ? { ...member, role } : member,
  );
  return { ...group, members };
}

export function withInviteCode(group: GroupRecord, inviteCode: string): GroupRecord {
  const revokedCodes = [...group.revokedCodes, group.inviteCode].slice(-REMEMBERED_CODES);
  return { ...group, inviteCode, revokedCodes };
}

export function withRequest(group: GroupRecord, request: JoinRequest): GroupRecord {
  const others = withoutRequests(group, [request.phoneNumber]);
  return { ...group, requests: [...others.requests, request] };
}

export function withoutRequests(group: GroupRecord, phoneNumbers: readonly string[]): GroupRecord {
  const requests = group.requests.filter(({ phoneNumber }) => !phoneNumbers.includes(phoneNumber));
  return { ...group, requests };
}

function plainMember(phoneNumber: string): GroupMember {
  return { phoneNumber, role: 'member' };
}
