import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { Origin, ServerContext } from './context.ts';
import { done, type GroupCall, refuse, store, toAll, unixNow } from './group-call.ts';
import { GROUP_LIMIT, joinNotices, participantsOf, requestNotice } from './group-members.ts';
import { isAdmin, memberOf, withInviteCode, withMembers, withRequest } from './group-model.ts';
import { groupJid, groupNode } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { node, resultOf } from './stanza.ts';

const CODE_BYTES = 16;

/** A code for the link `https://chat.whatsapp.com/…`: 22 letters and digits. */
export function newInviteCode({ random }: ServerContext): string {
  return random.bytes(CODE_BYTES).toString('base64url').replaceAll('-', 'x').replaceAll('_', 'y');
}

/** `invite` of a group: its code; with `set`, a new one that makes the old one worthless. */
export function handleInvite(call: GroupCall): IqOutcome {
  const { context, group, member, iq } = call;
  if (!member) return refuse(iq, 'notMember');
  if (!isAdmin(member)) return refuse(iq, 'mayNotSeeInvite');
  if (iq.attrs.type !== 'set') {
    return { answer: resultOf(iq, [node('invite', { code: group.inviteCode })]) };
  }
  const code = newInviteCode(context);
  const renewed = withInviteCode(group, code);
  store(context, renewed);
  const invite = node('invite', { code });
  return done(call, { group: renewed, content: [invite], notices: [toAll(renewed, invite)] });
}

interface ByCode {
  readonly context: ServerContext;
  readonly origin: Origin;
  readonly iq: WireNode;
  readonly request: WireNode;
}

/** `invite` to `@g.us` with a code: what the group is (`get`), or the way into it (`set`). */
export function handleInviteCode({ context, origin, iq, request }: ByCode): IqOutcome {
  const { code = '' } = request.attrs;
  const groups = [...context.state.world.groups.values()];
  const group = groups.find(({ inviteCode }) => inviteCode === code);
  if (!group) {
    const isOld = groups.some(({ revokedCodes }) => revokedCodes.includes(code));
    return refuse(iq, isOld ? 'gone' : 'notAcceptable');
  }
  const member = memberOf(group, origin.account.phoneNumber);
  if (iq.attrs.type !== 'set') {
    const shown = member ? group.members : group.members.filter(isAdmin);
    return { answer: resultOf(iq, [groupNode(context, group, shown)]) };
  }
  if (member) return refuse(iq, 'conflict');
  if (group.members.length >= GROUP_LIMIT) return refuse(iq, 'full');
  const call: GroupCall = { context, origin, iq, request, group, member };
  return group.joinApproval ? askToJoin(call) : join(call);
}

function join(call: GroupCall): IqOutcome {
  const { context, origin, group } = call;
  const joined = withMembers(group, [origin.account.phoneNumber]);
  store(context, joined);
  const notices = joinNotices(context, { before: group, after: joined, reason: 'invite' });
  return done(call, { group: joined, content: [node('group', { jid: groupJid(group) })], notices });
}

function askToJoin(call: GroupCall): IqOutcome {
  const { context, origin, group } = call;
  const { phoneNumber } = origin.account;
  const method = 'invite_link';
  const asked = withRequest(group, { phoneNumber, at: unixNow(context), method, askedBy: null });
  store(context, asked);
  const content = [node('membership_approval_request', { jid: groupJid(group) })];
  return done(call, {
    group: asked,
    content,
    notices: [requestNotice(context, asked, { phoneNumber, method })],
  });
}

/** `accept`: a personal invitation is taken up. */
export function acceptInvite(call: GroupCall): IqOutcome {
  const { context, group, member, iq, request, origin } = call;
  if (member) return refuse(iq, 'conflict');
  const { phoneNumber } = origin.account;
  const invite = group.invites.find(
    (offer) => offer.phoneNumber === phoneNumber && offer.code === request.attrs.code,
  );
  if (!invite || !memberOf(group, invite.by)) return refuse(iq, 'notAcceptable');
  if (invite.expires < unixNow(context)) return refuse(iq, 'gone');
  const joined = withMembers(group, [phoneNumber]);
  store(context, joined);
  return done(call, { group: joined, notices: joinNotices(context, { before: group, after: joined }) });
}

/** `revoke`: a personal invitation is taken back. */
export function revokeInvites(call: GroupCall): IqOutcome {
  const { context, group, member, iq, request } = call;
  if (!member) return refuse(iq, 'notMember');
  const people = participantsOf(context, request).flatMap(({ account }) => account?.phoneNumber ?? []);
  const left: GroupRecord = {
    ...group,
    invites: group.invites.filter(({ phoneNumber }) => !people.includes(phoneNumber)),
  };
  store(context, left);
  return done(call, { group: left, notices: [] });
}
