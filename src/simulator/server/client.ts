import type { WireNode } from '../node.ts';
import type { ConnectionListener } from './connection.ts';
import type { ServerContext } from './context.ts';
import { deviceJid } from './directory.ts';
import { answerIq } from './iq.ts';
import { takeMessage } from './message-intake.ts';
import { announce, takeChatState, takePresence } from './presence.ts';
import { ackedKey } from './queue-key.ts';
import { takeReceipt } from './receipts.ts';
import type { Session } from './session.ts';
import { childOf, node } from './stanza.ts';

/** Listens to a device that is logged in. */
export function createClient(context: ServerContext, session: Session): ConnectionListener {
  return {
    onStanza: (stanza) => hear(context, session, stanza),
    onClosed() {
      context.sessions.remove(session);
      if (session.presence === 'available') announce(context, session.account);
    },
  };
}

function hear(context: ServerContext, session: Session, stanza: WireNode): void {
  const { account, device, connection } = session;
  const origin = { account, device, session };
  switch (stanza.tag) {
    case 'iq':
      hearIq(context, session, stanza);
      return;
    case 'message':
      takeMessage(context, session, stanza);
      return;
    case 'receipt':
      takeReceipt(context, origin, stanza);
      acknowledge(session, stanza);
      return;
    case 'ack':
      takeAck(context, session, stanza);
      return;
    case 'presence':
      takePresence(context, origin, stanza);
      return;
    case 'chatstate':
      takeChatState(context, origin, stanza);
      return;
    case 'ib':
      if (childOf(stanza, 'offline_batch')) context.delivery.catchUp(session);
      return;
    case 'call':
    case 'notification':
      acknowledge(session, stanza);
      return;
    case 'xmlstreamend':
      connection.end('client');
      return;
    default: {
      const problem = `A stanza of an unknown kind: ${stanza.tag}`;
      context.history.append({ kind: 'protocol-error', connection: connection.id, problem });
    }
  }
}

function hearIq(context: ServerContext, session: Session, iq: WireNode): void {
  // The server asks logged-in clients nothing, so results answer nothing.
  if (iq.attrs.type === 'result' || iq.attrs.type === 'error') return;
  const { account, device, connection } = session;
  const { answer, afterwards } = answerIq(context, { account, device, session }, iq);
  connection.send(answer);
  afterwards?.();
}

/** `ack` of a receipt, notification or call: class, id and where it went. */
function acknowledge({ connection }: Session, stanza: WireNode): void {
  const { id, to, participant, type } = stanza.attrs;
  connection.send(node('ack', { class: stanza.tag, id, from: to, participant, type }));
}

/** A client's ack frees what it speaks of; with an error it means "I could not use this copy". */
function takeAck(context: ServerContext, session: Session, ack: WireNode): void {
  const { id = '', class: tag = '', error = null } = ack.attrs;
  context.history.append({ kind: 'client-ack', id, class: tag, device: deviceJid(session), error });
  context.delivery.settleOldest(session, ackedKey(context.directory, ack));
}
