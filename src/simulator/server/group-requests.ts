import type { WireNode } from '../node.ts';
import { done, type GroupCall, type Notice, refuse, store } from './group-call.ts';
import { joinNotices, participantsOf } from './group-members.ts';
import { adminsOf, isAdmin, withMembers, withoutRequests } from './group-model.ts';
import { personAttrs } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, node, resultOf } from './stanza.ts';

/** `membership_approval_requests`: who waits for a decision. */
export function listRequests({ context, group, member, iq }: GroupCall): IqOutcome {
  if (!member) return refuse(iq, 'notMember');
  if (!isAdmin(member)) return refuse(iq, 'notAdmin');
  const waiting = group.requests.map(({ phoneNumber, at, method, askedBy }) => {
    const requestor = askedBy === null ? undefined : personAttrs(context, group, askedBy).jid;
    const attrs = { request_method: method, request_time: String(at), requestor };
    return node('membership_approval_request', { ...personAttrs(context, group, phoneNumber), ...attrs });
  });
  return { answer: resultOf(iq, [node('membership_approval_requests', {}, waiting)]) };
}

/** `membership_requests_action`: an admin lets people in, or does not. */
export function decideRequests(call: GroupCall): IqOutcome {
  const { context, group, member, iq, request } = call;
  if (!member) return refuse(iq, 'notMember');
  if (!isAdmin(member)) return refuse(iq, 'notAdmin');
  const approved = childOf(request, 'approve');
  const decision = approved ?? childOf(request, 'reject');
  if (!decision) return refuse(iq, 'malformed');
  const people = participantsOf(context, decision);
  const waiting = new Set(group.requests.map(({ phoneNumber }) => phoneNumber));
  const decided = people.flatMap(({ account }) =>
    account && waiting.has(account.phoneNumber) ? [account.phoneNumber] : [],
  );
  const answers = people.map(({ jid, account }) =>
    account && waiting.has(account.phoneNumber)
      ? node('participant', personAttrs(context, group, account.phoneNumber))
      : node('participant', { jid, error: '404' }),
  );
  const content = [node('membership_requests_action', {}, [node(decision.tag, {}, answers)])];
  return approved ? letIn(call, { decided, content }) : turnAway(call, { decided, content });
}

interface Decision {
  readonly decided: readonly string[];
  readonly content: WireNode[];
}

function letIn(call: GroupCall, { decided, content }: Decision): IqOutcome {
  const { context, group } = call;
  const joined = withMembers(group, decided);
  store(context, joined);
  const notices = joinNotices(context, { before: group, after: joined });
  return done(call, { group: joined, content, notices });
}

/** The admins hear of it, and the person. */
function turnAway(call: GroupCall, { decided, content }: Decision): IqOutcome {
  const { context, group } = call;
  const left = withoutRequests(group, decided);
  store(context, left);
  const notices = decided.map((phoneNumber): Notice => {
    const person = node('participant', personAttrs(context, group, phoneNumber));
    return {
      content: node('revoked_membership_requests', {}, [person]),
      to: [...adminsOf(group), phoneNumber],
    };
  });
  return done(call, { group: left, content, notices });
}
