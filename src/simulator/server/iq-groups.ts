import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import { type GroupCall, refuse } from './group-call.ts';
import { createGroup } from './group-create.ts';
import { acceptInvite, handleInvite, handleInviteCode, revokeInvites } from './group-invites.ts';
import {
  addParticipants,
  demoteParticipants,
  leaveGroup,
  promoteParticipants,
  removeParticipants,
} from './group-members.ts';
import { memberOf } from './group-model.ts';
import { findGroup, groupNode } from './group-nodes.ts';
import { decideRequests, listRequests } from './group-requests.ts';
import {
  changeApprovalMode,
  changeDescription,
  changeEphemeral,
  changeMemberAddMode,
  changeSubject,
  changeSwitch,
} from './group-settings.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childrenNamed, childrenOf, node, resultOf } from './stanza.ts';

type GroupHandler = (call: GroupCall) => IqOutcome;

/** What one asks of a group, by its address. */
const READINGS: Readonly<Record<string, GroupHandler>> = {
  query: describeGroup,
  invite: handleInvite,
  membership_approval_requests: listRequests,
};

/** What one does to a group, by its address. */
const CHANGES: Readonly<Record<string, GroupHandler>> = {
  add: addParticipants,
  remove: removeParticipants,
  promote: promoteParticipants,
  demote: demoteParticipants,
  subject: changeSubject,
  description: changeDescription,
  announcement: changeSwitch,
  not_announcement: changeSwitch,
  locked: changeSwitch,
  unlocked: changeSwitch,
  ephemeral: changeEphemeral,
  not_ephemeral: changeEphemeral,
  member_add_mode: changeMemberAddMode,
  membership_approval_mode: changeApprovalMode,
  membership_requests_action: decideRequests,
  invite: handleInvite,
  accept: acceptInvite,
  revoke: revokeInvites,
};

/** `w:g2`: groups. What names no group yet, or several, goes to `@g.us`. */
export function answerGroups(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome | null {
  const [request] = childrenOf(iq);
  if (!request) return null;
  if (iq.attrs.to === '@g.us' || iq.attrs.to === 'g.us')
    return answerAbroad(context, origin, { iq, request });
  const table = iq.attrs.type === 'set' ? CHANGES : READINGS;
  const handler = Object.hasOwn(table, request.tag) ? table[request.tag] : undefined;
  if (!handler) return null;
  const group = findGroup(context, iq.attrs.to);
  if (!group) return refuse(iq, 'unknown');
  const member = memberOf(group, origin.account.phoneNumber);
  return handler({ context, origin, iq, request, group, member });
}

interface Asked {
  readonly iq: WireNode;
  readonly request: WireNode;
}

function answerAbroad(context: ServerContext, origin: Origin, { iq, request }: Asked): IqOutcome | null {
  switch (request.tag) {
    case 'participating':
      return { answer: resultOf(iq, [node('groups', {}, groupsOf(context, origin))]) };
    case 'create':
      return createGroup({ context, origin, iq, request });
    case 'invite':
      return handleInviteCode({ context, origin, iq, request });
    case 'leave':
      return leaveNamed(context, origin, { iq, request });
    default:
      return null;
  }
}

function groupsOf(context: ServerContext, { account }: Origin): WireNode[] {
  const groups = [...context.state.world.groups.values()];
  return groups
    .filter((group) => memberOf(group, account.phoneNumber))
    .map((group) => groupNode(context, group));
}

/** Clients leave one group at a time. */
function leaveNamed(context: ServerContext, origin: Origin, { iq, request }: Asked): IqOutcome {
  const [named] = childrenNamed(request, 'group');
  const group = findGroup(context, named?.attrs.id);
  if (!group) return refuse(iq, 'unknown');
  const member = memberOf(group, origin.account.phoneNumber);
  return leaveGroup({ context, origin, iq, request, group, member });
}

function describeGroup({ context, group, member, iq }: GroupCall): IqOutcome {
  if (!member) return refuse(iq, 'notMember');
  return { answer: resultOf(iq, [groupNode(context, group)]) };
}
