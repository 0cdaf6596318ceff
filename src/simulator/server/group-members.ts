import type { WireNode } from '../node.ts';
import type { GroupMember, GroupRecord, PersonalInvite } from '../state/group-record.ts';
import type { AccountRecord } from '../state/world.ts';
import type { ServerContext } from './context.ts';
import { done, type GroupCall, type Notice, refuse, store, toAll, unixNow, welcome } from './group-call.ts';
import {
  adminsOf,
  isAdmin,
  memberOf,
  withMembers,
  withoutMembers,
  withRequest,
  withRole,
} from './group-model.ts';
import { personAttrs } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childrenNamed, node } from './stanza.ts';

/** How many people a group holds. */
export const GROUP_LIMIT = 1_024;
/** A personal invitation is good for three days. */
const INVITE_SECONDS = 3 * 86_400;
const INVITE_CODE_BYTES = 12;

/** What became of one person of a request, in the words of the answer. */
interface Verdict {
  readonly phoneNumber: string | null;
  readonly node: WireNode;
  readonly isDone: boolean;
  readonly invite?: PersonalInvite;
}

/** `add`: everybody for themselves; one who cannot be added does not keep out the others. */
export function addParticipants(call: GroupCall): IqOutcome {
  const { context, group, member, iq, request } = call;
  if (!member) return refuse(iq, 'notMember');
  if (group.memberAddMode === 'admin_add' && !isAdmin(member)) return refuse(iq, 'notAdmin');
  const verdicts = judgeNewcomers(context, { group, by: member.phoneNumber, request });
  const newcomers = doneOf(verdicts);
  const content = [
    node(
      'add',
      {},
      verdicts.map((verdict) => verdict.node),
    ),
  ];
  const invited = withInvites(group, verdicts);
  if (group.joinApproval && !isAdmin(member)) return askFor(call, { group: invited, newcomers, content });
  const joined = withMembers(invited, newcomers);
  store(context, joined);
  return done(call, {
    group: joined,
    content,
    notices: joinNotices(context, { before: group, after: joined }),
  });
}

/** Who of a list may become a member at once. */
export function judgeNewcomers(
  context: ServerContext,
  { group, by, request }: { group: GroupRecord; by: string; request: WireNode },
): readonly Verdict[] {
  let room = GROUP_LIMIT - group.members.length;
  return participantsOf(context, request).map(({ jid, account }) => {
    if (!account) return failed(node('participant', { jid, error: '404' }));
    const attrs = personAttrs(context, group, account.phoneNumber);
    const { phoneNumber } = account;
    if (memberOf(group, phoneNumber)) return failed(node('participant', { ...attrs, error: '409' }));
    if (!mayBeAddedBy(account, by)) return offerInvite(context, { attrs, phoneNumber, by });
    if (room === 0) return failed(node('participant', { ...attrs, error: '419' }));
    room -= 1;
    return { phoneNumber, node: node('participant', attrs), isDone: true };
  });
}

/** The group with the personal invitations of those whose settings forbid the rest. */
export function withInvites(group: GroupRecord, verdicts: readonly Verdict[]): GroupRecord {
  const offered = verdicts.flatMap(({ invite }) => invite ?? []);
  const others = group.invites.filter(
    (invite) => !offered.some(({ phoneNumber }) => phoneNumber === invite.phoneNumber),
  );
  return { ...group, invites: [...others, ...offered] };
}

export function doneOf(verdicts: readonly Verdict[]): string[] {
  const people = verdicts.flatMap(({ isDone, phoneNumber }) => (isDone && phoneNumber ? [phoneNumber] : []));
  return [...new Set(people)];
}

/** Members hear who came, newcomers what they came into. */
export function joinNotices(
  context: ServerContext,
  { before, after, reason }: { before: GroupRecord; after: GroupRecord; reason?: string },
): Notice[] {
  const newcomers = after.members
    .map(({ phoneNumber }) => phoneNumber)
    .filter((phoneNumber) => !memberOf(before, phoneNumber));
  if (newcomers.length === 0) return [];
  const attrs = reason === undefined ? {} : { reason };
  const people = newcomers.map((phoneNumber) =>
    node('participant', personAttrs(context, after, phoneNumber)),
  );
  return [
    { content: node('add', attrs, people), to: before.members.map(({ phoneNumber }) => phoneNumber) },
    welcome(context, after, { to: newcomers, attrs }),
  ];
}

/** `remove`, by an admin. */
export function removeParticipants(call: GroupCall): IqOutcome {
  return changeMembers(call, {
    objection: ({ role }) => (role === 'superadmin' ? '405' : null),
    change: withoutMembers,
  });
}

export function promoteParticipants(call: GroupCall): IqOutcome {
  return changeMembers(call, {
    objection: () => null,
    change: (group, people) =>
      withRole(
        group,
        people.filter((phoneNumber) => !isAdmin(memberOf(group, phoneNumber))),
        'admin',
      ),
  });
}

export function demoteParticipants(call: GroupCall): IqOutcome {
  return changeMembers(call, {
    objection: ({ role }) => (role === 'superadmin' ? '405' : null),
    change: (group, people) => withRole(group, people, 'member'),
  });
}

interface MemberChange {
  /** Why this member is not touched. */
  readonly objection: (target: GroupMember) => string | null;
  readonly change: (group: GroupRecord, phoneNumbers: readonly string[]) => GroupRecord;
}

function changeMembers(call: GroupCall, { objection, change }: MemberChange): IqOutcome {
  const { context, group, member, iq, request } = call;
  if (!member) return refuse(iq, 'notMember');
  if (!isAdmin(member)) return refuse(iq, 'notAdmin');
  const verdicts = participantsOf(context, request).map(({ jid, account }): Verdict => {
    const target = account && memberOf(group, account.phoneNumber);
    if (!account || !target) return failed(node('participant', { jid, error: '404' }));
    const attrs = personAttrs(context, group, account.phoneNumber);
    const error = objection(target);
    if (error) return failed(node('participant', { ...attrs, error }));
    return { phoneNumber: account.phoneNumber, node: node('participant', attrs), isDone: true };
  });
  const content = [
    node(
      request.tag,
      {},
      verdicts.map((verdict) => verdict.node),
    ),
  ];
  const people = doneOf(verdicts);
  const changed = change(group, people);
  store(context, changed);
  if (people.length === 0) return done(call, { group, content, notices: [] });
  const named = people.map((phoneNumber) => node('participant', personAttrs(context, group, phoneNumber)));
  // Those who are thrown out hear of it too.
  return done(call, { group: changed, content, notices: [toAll(group, node(request.tag, {}, named))] });
}

/** `leave`: the person's own way out. The eldest member inherits a group whose last admin leaves. */
export function leaveGroup(call: GroupCall): IqOutcome {
  const { context, group, member, iq } = call;
  if (!member) return refuse(iq, 'notMember');
  const { phoneNumber } = member;
  const left = withoutMembers(group, [phoneNumber]);
  store(context, left);
  const leaver = node('participant', personAttrs(context, group, phoneNumber));
  const heirs = left.members.filter(({ phoneNumber: heir, role }) => memberOf(group, heir)?.role !== role);
  const promoted = heirs.map((heir) => node('participant', personAttrs(context, left, heir.phoneNumber)));
  const notices = [
    toAll(group, node('remove', {}, [leaver])),
    ...(promoted.length > 0 ? [toAll(left, node('promote', {}, promoted))] : []),
  ];
  const content = [node('leave', {}, [node('group', { id: `${group.id}@g.us` })])];
  return done(call, { group: left, content, notices });
}

/** A member who is no admin proposes people: the admins decide. */
function askFor(
  call: GroupCall,
  { group, newcomers, content }: { group: GroupRecord; newcomers: readonly string[]; content: WireNode[] },
): IqOutcome {
  const { context, origin } = call;
  const method = 'non_admin_add';
  const askedBy = origin.account.phoneNumber;
  const at = unixNow(context);
  const asked = newcomers.reduce(
    (changing, phoneNumber) => withRequest(changing, { phoneNumber, at, method, askedBy }),
    group,
  );
  store(context, asked);
  const notices = newcomers.map((phoneNumber) => requestNotice(context, asked, { phoneNumber, method }));
  return done(call, { group: asked, content, notices });
}

/** Tells the admins that somebody would like to join. */
export function requestNotice(
  context: ServerContext,
  group: GroupRecord,
  { phoneNumber, method }: { phoneNumber: string; method: string },
): Notice {
  const person = node('participant', personAttrs(context, group, phoneNumber));
  return {
    content: node('created_membership_requests', { request_method: method }, [person]),
    to: adminsOf(group),
  };
}

export interface NamedPerson {
  /** As the client wrote it. */
  readonly jid: string;
  readonly account: AccountRecord | null;
}

/** The people a request names; each once. */
export function participantsOf({ directory }: ServerContext, request: WireNode): NamedPerson[] {
  const people = childrenNamed(request, 'participant').map(({ attrs: { jid = '' } }) => ({
    jid,
    account: directory.resolve(jid)?.account ?? null,
  }));
  return people.filter(
    ({ jid, account }, index) =>
      index === people.findIndex((other) => (account ? other.account === account : other.jid === jid)),
  );
}

function failed(answer: WireNode): Verdict {
  return { phoneNumber: null, node: answer, isDone: false };
}

/** The privacy setting `groupadd`: everybody, contacts only, or contacts except those who are blacklisted. */
function mayBeAddedBy({ settings, contacts }: AccountRecord, by: string): boolean {
  const mode = settings.get('privacy/groupadd') ?? 'all';
  if (mode === 'all') return true;
  return mode !== 'none' && contacts.has(by);
}

function offerInvite(
  context: ServerContext,
  { attrs, phoneNumber, by }: { attrs: Record<string, string>; phoneNumber: string; by: string },
): Verdict {
  const code = context.random.bytes(INVITE_CODE_BYTES).toString('base64url');
  const expires = unixNow(context) + INVITE_SECONDS;
  const offer = node('add_request', { code, expiration: String(expires) });
  return {
    phoneNumber,
    node: node('participant', { ...attrs, error: '403' }, [offer]),
    isDone: false,
    invite: { phoneNumber, code, by, expires },
  };
}
