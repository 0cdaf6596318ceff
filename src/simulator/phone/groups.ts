import type { WireNode } from '../node.ts';
import { childOf, childrenNamed, childrenOf, node } from '../server/stanza.ts';
import type { GroupRecord } from '../state/group-record.ts';
import { parseDeviceAddress } from '../wire/jid.ts';
import { groupOf } from './group-sending.ts';
import { newMessageId, type PhoneContext } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';

/** What became of one person of a request; `code` is 200, or what the server objects. */
export interface MemberResult {
  readonly phoneNumber: string;
  readonly code: string;
}

/** What can be set in a group. Absent means: as it is. */
export interface GroupChanges {
  readonly subject?: string | undefined;
  /** An empty text removes it. */
  readonly description?: string | undefined;
  readonly announcement?: boolean | undefined;
  readonly locked?: boolean | undefined;
  /** Seconds; 0 is for ever. */
  readonly ephemeral?: number | undefined;
  readonly memberAddMode?: 'admin_add' | 'all_member_add' | undefined;
  readonly joinApproval?: boolean | undefined;
}

export type MemberAction = 'add' | 'remove' | 'promote' | 'demote';

/** What the owner of a phone does with groups. Groups are named by address; refusals throw PhoneError `GROUP_REFUSED`. */
export interface PhoneGroups {
  create(group: {
    readonly subject: string;
    readonly members: readonly string[];
    readonly addressing?: 'lid' | 'pn' | undefined;
  }): Promise<{ readonly group: GroupRecord; readonly refused: readonly MemberResult[] }>;
  /** The groups the owner is in. */
  list(): readonly GroupRecord[];
  change(group: string, changes: GroupChanges): Promise<GroupRecord>;
  /** A result for each person, by phone number. */
  changeMembers(
    group: string,
    action: MemberAction,
    members: readonly string[],
  ): Promise<readonly MemberResult[]>;
  leave(group: string): Promise<void>;
  /** The code of the link; `renew` makes a new one and the old one worthless. */
  inviteCode(group: string, how: 'show' | 'renew'): Promise<string>;
  /** By the code of a link; null when the admins have to decide first. */
  join(code: string): Promise<string | null>;
  /** An admin decides about those who wait. */
  decide(
    group: string,
    decision: 'approve' | 'reject',
    people: readonly string[],
  ): Promise<readonly MemberResult[]>;
}

export function createPhoneGroups(context: PhoneContext): PhoneGroups {
  const { core, phoneNumber } = context;
  const set = (group: string, request: WireNode) => ask(context, { to: group, type: 'set', request });
  const people = (members: readonly string[]) =>
    members.map((member) => node('participant', { jid: `${member}@s.whatsapp.net` }));
  return {
    async create({ subject, members, addressing }) {
      const request = node('create', { subject, addressing_mode: addressing }, people(members));
      const answer = await set('@g.us', request);
      const made = childOf(answer, 'group');
      const group = groupOf(context, `${made?.attrs.id}@g.us`);
      const refused = made ? resultsIn(context, made).filter(({ code }) => code !== '200') : [];
      return { group, refused };
    },
    list: () =>
      core.listGroups().filter(({ members }) => members.some((member) => member.phoneNumber === phoneNumber)),
    async change(group, changes) {
      for (const request of requestsFor(context, groupOf(context, group), changes)) await set(group, request);
      return groupOf(context, group);
    },
    async changeMembers(group, action, members) {
      const answer = await set(group, node(action, {}, people(members)));
      const results = childOf(answer, action);
      return results ? resultsIn(context, results) : [];
    },
    async leave(group) {
      await set('@g.us', node('leave', {}, [node('group', { id: group })]));
    },
    async inviteCode(group, how) {
      const type = how === 'renew' ? 'set' : 'get';
      const answer = await ask(context, { to: group, type, request: node('invite') });
      return childOf(answer, 'invite')?.attrs.code ?? '';
    },
    async join(code) {
      const answer = await set('@g.us', node('invite', { code }));
      return childOf(answer, 'group')?.attrs.jid ?? null;
    },
    async decide(group, decision, asking) {
      const request = node('membership_requests_action', {}, [node(decision, {}, people(asking))]);
      const [results] = childrenOf(childOf(await set(group, request), request.tag) ?? request);
      return results ? resultsIn(context, results) : [];
    },
  };
}

function requestsFor({ random }: PhoneContext, group: GroupRecord, changes: GroupChanges): WireNode[] {
  const { subject, description, announcement, locked, ephemeral, memberAddMode, joinApproval } = changes;
  const requests: WireNode[] = [];
  if (subject !== undefined) requests.push(node('subject', {}, Buffer.from(subject)));
  if (description !== undefined) {
    const prev = group.description?.id;
    const id = random.bytes(8).toString('hex').toUpperCase();
    const body = node('body', {}, Buffer.from(description));
    requests.push(
      description === ''
        ? node('description', { delete: 'true', prev })
        : node('description', { id, prev }, [body]),
    );
  }
  if (announcement !== undefined) requests.push(node(announcement ? 'announcement' : 'not_announcement'));
  if (locked !== undefined) requests.push(node(locked ? 'locked' : 'unlocked'));
  if (ephemeral !== undefined) {
    requests.push(
      ephemeral > 0 ? node('ephemeral', { expiration: String(ephemeral) }) : node('not_ephemeral'),
    );
  }
  if (memberAddMode !== undefined) requests.push(node('member_add_mode', {}, Buffer.from(memberAddMode)));
  if (joinApproval !== undefined) {
    const state = joinApproval ? 'on' : 'off';
    requests.push(node('membership_approval_mode', {}, [node('group_join', { state })]));
  }
  return requests;
}

interface Question {
  readonly to: string;
  readonly type: 'get' | 'set';
  readonly request: WireNode;
}

/** The server's answer; a refusal throws. */
async function ask(context: PhoneContext, { to, type, request }: Question): Promise<WireNode> {
  if (to !== '@g.us') groupOf(context, to);
  const iq = node('iq', { id: newMessageId(context), xmlns: 'w:g2', type, to }, [request]);
  const answer = await context.core.submit(context.phoneNumber, iq);
  const error = answer && childOf(answer, 'error');
  if (!answer || error) {
    const { code = '', text = 'no answer' } = error?.attrs ?? {};
    throw new PhoneError('GROUP_REFUSED', `The server refused with ${code} (${text})`);
  }
  return answer;
}

function resultsIn({ core }: PhoneContext, results: WireNode): MemberResult[] {
  return childrenNamed(results, 'participant').map(({ attrs: { jid = '', error = '200' } }) => {
    const user = parseDeviceAddress(jid)?.user ?? jid;
    return { phoneNumber: core.findAccount(user)?.phoneNumber ?? user, code: error };
  });
}
