import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import { done, type GroupCall, refuse, store, toAll, unixNow } from './group-call.ts';
import { isAdmin } from './group-model.ts';
import { actorAttrs, approvalNode } from './group-nodes.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childOf, node, textOf } from './stanza.ts';

const LONGEST_SUBJECT = 100;
const LONGEST_DESCRIPTION = 2_048;

/** Whether a text can name a group: something, and not too much of it. */
export function isSubject(text: string): boolean {
  return text.trim() !== '' && [...text].length <= LONGEST_SUBJECT;
}

/** `subject`: the name; every member may change it unless the group is locked. */
export function changeSubject(call: GroupCall): IqOutcome {
  const { context, group, iq, request, origin } = call;
  const text = textOf(request);
  if (!isSubject(text)) return refuse(iq, 'notAcceptable');
  const subject = { text, by: origin.account.phoneNumber, at: unixNow(context) };
  const author = actorAttrs(context, { group, phoneNumber: subject.by, prefix: 's_o' });
  const notice = node('subject', { subject: text, s_t: String(subject.at), ...author });
  return change(call, { who: 'editors', next: { ...group, subject }, notice });
}

/** `description`: names the one it replaces, so that two authors do not overwrite each other. */
export function changeDescription(call: GroupCall): IqOutcome {
  const { context, group, iq, request, origin } = call;
  const { id = '', prev, delete: removal } = request.attrs;
  if ((group.description?.id ?? undefined) !== prev) return refuse(iq, 'conflict');
  if (removal === 'true') {
    const notice = node('description', { delete: 'true' });
    return change(call, { who: 'editors', next: { ...group, description: null }, notice });
  }
  const text = textOf(childOf(request, 'body'));
  if (id === '' || text === '' || [...text].length > LONGEST_DESCRIPTION) return refuse(iq, 'notAcceptable');
  const description = { id, text, by: origin.account.phoneNumber, at: unixNow(context) };
  const notice = node('description', { id }, [node('body', {}, Buffer.from(text))]);
  return change(call, { who: 'editors', next: { ...group, description }, notice });
}

/** `announcement`, `not_announcement`, `locked` and `unlocked`. */
export function changeSwitch(call: GroupCall): IqOutcome {
  const { group, request } = call;
  const { tag } = request;
  const next = tag.endsWith('announcement')
    ? { ...group, announcement: tag === 'announcement' }
    : { ...group, locked: tag === 'locked' };
  return change(call, { who: 'admins', next, notice: node(tag) });
}

/** `ephemeral` and `not_ephemeral`: how long messages live. */
export function changeEphemeral(call: GroupCall): IqOutcome {
  const { group, request, iq } = call;
  const ephemeral = request.tag === 'ephemeral' ? Number(request.attrs.expiration) : 0;
  if (!Number.isSafeInteger(ephemeral) || ephemeral < 0) return refuse(iq, 'malformed');
  const notice = ephemeral > 0 ? node('ephemeral', { expiration: String(ephemeral) }) : node('not_ephemeral');
  return change(call, { who: 'editors', next: { ...group, ephemeral }, notice });
}

/** `member_add_mode`: whether everybody adds people, or admins only. */
export function changeMemberAddMode(call: GroupCall): IqOutcome {
  const { group, request, iq } = call;
  const mode = textOf(request);
  if (mode !== 'admin_add' && mode !== 'all_member_add') return refuse(iq, 'malformed');
  const notice = node('member_add_mode', {}, Buffer.from(mode));
  return change(call, { who: 'admins', next: { ...group, memberAddMode: mode }, notice });
}

/** `membership_approval_mode`: whether admins decide about those who come by the link. */
export function changeApprovalMode(call: GroupCall): IqOutcome {
  const { group, request, iq } = call;
  const state = childOf(request, 'group_join')?.attrs.state;
  if (state !== 'on' && state !== 'off') return refuse(iq, 'malformed');
  return change(call, {
    who: 'admins',
    next: { ...group, joinApproval: state === 'on' },
    notice: approvalNode(state),
  });
}

interface SettingChange {
  /** `editors`: everybody, unless the group is locked. */
  readonly who: 'admins' | 'editors';
  readonly next: GroupRecord;
  readonly notice: WireNode;
}

function change(call: GroupCall, { who, next, notice }: SettingChange): IqOutcome {
  const { context, group, member, iq } = call;
  if (!member) return refuse(iq, 'notMember');
  if (!isAdmin(member) && (who === 'admins' || group.locked)) return refuse(iq, 'notAdmin');
  store(context, next);
  return done(call, { group: next, notices: [toAll(next, notice)] });
}
