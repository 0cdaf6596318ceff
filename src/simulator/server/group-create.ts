import type { WireNode } from '../node.ts';
import type { GroupRecord } from '../state/group-record.ts';
import type { Origin, ServerContext } from './context.ts';
import { refuse, store, tell, unixNow, welcome } from './group-call.ts';
import { newInviteCode } from './group-invites.ts';
import { doneOf, judgeNewcomers, withInvites } from './group-members.ts';
import { newGroup, withMembers } from './group-model.ts';
import { groupNode } from './group-nodes.ts';
import { isSubject } from './group-settings.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childrenOf, resultOf } from './stanza.ts';

/** Addresses of groups begin with this number today; what follows is unique. */
const ID_PREFIX = '120363';
const ID_DIGITS = 12;

interface Creation {
  readonly context: ServerContext;
  readonly origin: Origin;
  readonly iq: WireNode;
  readonly request: WireNode;
}

/** `create`: the group with everybody who may be added; the answer names the others with what kept them out. */
export function createGroup({ context, origin, iq, request }: Creation): IqOutcome {
  const { subject = '', addressing_mode: addressing } = request.attrs;
  if (!isSubject(subject)) return refuse(iq, 'notAcceptable');
  const creator = origin.account.phoneNumber;
  const empty = newGroup({
    id: freeId(context),
    addressing: addressing === 'pn' ? 'pn' : 'lid',
    creator,
    subject,
    inviteCode: newInviteCode(context),
    now: unixNow(context),
    members: [],
  });
  const verdicts = judgeNewcomers(context, { group: empty, by: creator, request }).filter(
    // Some clients name the creator too.
    ({ node }) => node.attrs.error !== '409',
  );
  const group = withMembers(withInvites(empty, verdicts), doneOf(verdicts));
  store(context, group);
  const failures = verdicts.filter(({ isDone }) => !isDone).map(({ node }) => node);
  const shown = groupNode(context, group);
  const answer = resultOf(iq, [{ ...shown, content: [...childrenOf(shown), ...failures] }]);
  return { answer, afterwards: () => announce(context, group) };
}

function announce(context: ServerContext, group: GroupRecord): void {
  const to = group.members.map(({ phoneNumber }) => phoneNumber);
  tell(context, group, { ...welcome(context, group, { to, attrs: { type: 'new' } }), by: group.creator });
}

function freeId({ random, state }: ServerContext): string {
  for (;;) {
    const number = random.bytes(6).readUIntBE(0, 6) % 10 ** ID_DIGITS;
    const id = `${ID_PREFIX}${String(number).padStart(ID_DIGITS, '0')}`;
    if (!state.world.groups.has(id)) return id;
  }
}
