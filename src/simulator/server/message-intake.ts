import type { FaultSubject } from '../faults/fault-plan.ts';
import type { WireNode } from '../node.ts';
import { isGroupJid } from '../wire/jid.ts';
import type { Origin, ServerContext } from './context.ts';
import { deviceJid } from './directory.ts';
import { endSession } from './endings.ts';
import { admitGroupMessage } from './group-messages.ts';
import { type Admission, admitMessage, forwardMessage } from './messages.ts';
import type { Session } from './session.ts';
import { node, seconds } from './stanza.ts';

/** Takes a message of a logged-in device: checks it, forwards it, acknowledges it, unless a fault has other plans. */
export function takeMessage(context: ServerContext, session: Session, stanza: WireNode): void {
  const { faults } = context;
  const { connection } = session;
  const subject = subjectOf(session, stanza);
  if (endsInstead(context, session, stanza)) return;
  const refusal = faults.strike(['swallow', 'nack'], subject);
  const origin = originOf(session);
  const admission = refusal?.kind === 'nack' ? refusedBy(refusal.code) : admit(context, origin, stanza);
  record(context, origin, { stanza, admission });
  if (refusal?.kind === 'swallow') return;
  if (admission.kind === 'admitted') forwardMessage(context, origin, admission.copies);
  const ack = ackOf(context, stanza, admission);
  const hindrance = faults.strike(['cut-before-ack', 'no-ack', 'delay-ack', 'cut-after-ack'], subject);
  switch (hindrance?.kind) {
    case 'cut-before-ack':
      connection.cut('fault');
      return;
    case 'no-ack':
      return;
    case 'delay-ack':
      context.clock.after(hindrance.delayMs, () => say(context, session, ack));
      return;
    case 'cut-after-ack':
      recordAck(context, session, ack);
      connection.cut('fault', ack);
      return;
    default:
      say(context, session, ack);
  }
}

/** Takes a message of a phone; phones are in this process, so no fault comes between. Returns the ack. */
export function takePhoneMessage(context: ServerContext, origin: Origin, stanza: WireNode): WireNode {
  const admission = admit(context, origin, stanza);
  record(context, origin, { stanza, admission });
  if (admission.kind === 'admitted') forwardMessage(context, origin, admission.copies);
  return ackOf(context, stanza, admission);
}

function admit(context: ServerContext, origin: Origin, stanza: WireNode): Admission {
  return isGroupJid(stanza.attrs.to ?? '')
    ? admitGroupMessage(context, origin, stanza)
    : admitMessage(context, origin, stanza);
}

/** True when a fault has ended the session instead. */
function endsInstead(context: ServerContext, session: Session, stanza: WireNode): boolean {
  const subject = subjectOf(session, stanza);
  const kinds = ['silence', 'drop-tcp', 'stream-error', 'conflict-replaced'] as const;
  const fault = context.faults.strike(kinds, subject, 'message');
  if (!fault) return false;
  record(context, originOf(session), { stanza, admission: refusedBy('fault') });
  switch (fault.kind) {
    case 'silence':
      endSession(session, { kind: 'silence' }, 'fault');
      break;
    case 'drop-tcp':
      endSession(session, { kind: 'cut' }, 'fault');
      break;
    case 'stream-error':
      endSession(session, { kind: 'stream-error', ...(fault.code && { code: fault.code }) }, 'fault');
      break;
    case 'conflict-replaced':
      endSession(session, { kind: 'conflict', type: 'replaced' }, 'fault');
      break;
  }
  return true;
}

function subjectOf({ account, device }: Session, { attrs }: WireNode): FaultSubject {
  return { phoneNumber: account.phoneNumber, device, messageId: attrs.id };
}

function refusedBy(code: string): Admission {
  return { kind: 'refused', code };
}

function originOf(session: Session): Origin {
  return { account: session.account, device: session.device, session };
}

function record(
  { history, submissions }: ServerContext,
  origin: Origin,
  { stanza, admission }: { stanza: WireNode; admission: Admission },
): void {
  const { id = '', to = '', type = '', category = null } = stanza.attrs;
  const from = deviceJid(origin);
  const recipients = admission.kind === 'admitted' ? admission.copies.length : 0;
  const submission = submissions.count(`${from}|${to}|${id}`);
  history.append({ kind: 'message', id, from, to, type, category, recipients, submission });
}

function ackOf({ clock }: ServerContext, { attrs }: WireNode, admission: Admission): WireNode {
  const error = admission.kind === 'refused' ? admission.code : undefined;
  const phash = admission.kind === 'admitted' ? admission.phash : undefined;
  return node('ack', { class: 'message', id: attrs.id, from: attrs.to, t: seconds(clock), error, phash });
}

function say(context: ServerContext, session: Session, ack: WireNode): void {
  if (!session.connection.open) return;
  recordAck(context, session, ack);
  session.connection.send(ack);
}

function recordAck({ history }: ServerContext, session: Session, { attrs }: WireNode): void {
  const { id = '', error = null } = attrs;
  history.append({ kind: 'ack', id, class: 'message', device: deviceJid(session), error });
}
