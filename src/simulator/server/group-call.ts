import type { WireNode } from '../node.ts';
import type { GroupMember, GroupRecord } from '../state/group-record.ts';
import type { Origin, ServerContext } from './context.ts';
import { accountsOf, actorAttrs, groupJid, groupNode } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { errorOf, node, resultOf, seconds } from './stanza.ts';

/** A question or an order about one group, and who it comes from. */
export interface GroupCall {
  readonly context: ServerContext;
  readonly origin: Origin;
  readonly iq: WireNode;
  /** What is asked: the first child of the iq. */
  readonly request: WireNode;
  readonly group: GroupRecord;
  /** Null when the asking person is no member. */
  readonly member: GroupMember | null;
}

/** Something the people of a group are told. */
export interface Notice {
  readonly content: WireNode;
  /** Phone numbers. */
  readonly to: readonly string[];
}

/** The codes of refusals that concern a whole request. */
const REFUSAL = {
  notMember: [403, 'forbidden'],
  notAdmin: [403, 'forbidden'],
  mayNotSeeInvite: [401, 'not-authorized'],
  unknown: [404, 'item-not-found'],
  notAcceptable: [406, 'not-acceptable'],
  conflict: [409, 'conflict'],
  gone: [410, 'gone'],
  malformed: [400, 'bad-request'],
  full: [419, 'resource-limit'],
} as const;

export function refuse(iq: WireNode, reason: keyof typeof REFUSAL): IqOutcome {
  const [code, text] = REFUSAL[reason];
  return { answer: errorOf(iq, code, text) };
}

/** The group as it is from now on; the journal keeps it. */
export function store({ state }: ServerContext, group: GroupRecord): void {
  state.commit({ kind: 'group', group });
}

/** Answers, and tells the members once the answer has left. */
export function done(
  { context, origin, iq }: GroupCall,
  { group, content, notices }: { group: GroupRecord; content?: WireNode[]; notices: readonly Notice[] },
): IqOutcome {
  const by = origin.account.phoneNumber;
  const afterwards = () => {
    for (const notice of notices) tell(context, group, { ...notice, by });
  };
  return { answer: resultOf(iq, content), afterwards };
}

/** `w:gp2`: a change, to every device of these people, the author's own among them; it waits for those who are away. */
export function tell(
  context: ServerContext,
  group: GroupRecord,
  { content, to, by }: Notice & { readonly by: string },
): void {
  const author = context.directory.find(by);
  const attrs = {
    from: groupJid(group),
    type: 'w:gp2',
    id: context.nextId(),
    ...actorAttrs(context, { group, phoneNumber: by, prefix: 'participant' }),
    addressing_mode: group.addressing,
    notify: author?.pushName,
    t: seconds(context.clock),
  };
  const notification = node('notification', attrs, [content]);
  for (const account of accountsOf(context, to)) {
    for (const device of context.directory.devicesOf(account)) context.delivery.deliver(device, notification);
  }
}

/** A change, to everybody who is in the group. */
export function toAll({ members }: GroupRecord, content: WireNode): Notice {
  return { content, to: members.map(({ phoneNumber }) => phoneNumber) };
}

/** What newcomers hear instead of `add`: the whole group. */
export function welcome(
  context: ServerContext,
  group: GroupRecord,
  { to, attrs }: { to: readonly string[]; attrs: Record<string, string> },
): Notice {
  return { to, content: node('create', attrs, [groupNode(context, group)]) };
}

/** Unix seconds. */
export function unixNow({ clock }: ServerContext): number {
  return Math.floor(clock.now().getTime() / 1000);
}
