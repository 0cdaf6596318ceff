import type { FaultSubject } from '../faults/fault-plan.ts';
import type { WireNode } from '../node.ts';
import type { DeviceRecord } from '../state/world.ts';
import type { Proto } from '../wire/proto.ts';
import { createClient } from './client.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import type { ServerContext } from './context.ts';
import { type DeviceRef, deviceJid } from './directory.ts';
import { endSession, streamError } from './endings.ts';
import type { Session } from './session.ts';
import { node, SERVER_JID, seconds } from './stanza.ts';

/** Nobody listens to a connection that was turned away. */
const NOBODY: ConnectionListener = { onStanza() {}, onClosed() {} };
const UNLINKED = '401';
/** Clients show it again, before their intro, when they come back; there is but one edge here. */
const ROUTING_INFO = Buffer.from('simulator');

/** Logs a linked device in, or turns it away: `failure` 401 when it does not exist or bears another noise key. */
export function logIn(
  context: ServerContext,
  connection: Connection,
  { payload, noiseKey }: { payload: Proto<'ClientPayload'>; noiseKey: Uint8Array },
): ConnectionListener {
  const subject = { phoneNumber: String(payload.username ?? 0), device: payload.device ?? 0 };
  if (sabotage(context, connection, subject)) return NOBODY;
  const account = context.directory.find(subject.phoneNumber);
  const record = account?.devices.get(subject.device);
  if (!account || !record || Buffer.compare(record.noiseKey, noiseKey) !== 0) {
    refuse(context, connection, { subject, failure: node('failure', { reason: UNLINKED, location: 'sim' }) });
    return NOBODY;
  }
  const session = openSession(context, connection, { account, device: subject.device, record });
  sayWelcome(context, session);
  return createClient(context, session);
}

/** True when a fault has dealt with the login. */
function sabotage(context: ServerContext, connection: Connection, subject: FaultSubject): boolean {
  const { faults } = context;
  const kinds = ['login-failure', 'silence', 'drop-tcp', 'stream-error', 'conflict-replaced'] as const;
  const fault = faults.strike(kinds, subject, 'login');
  switch (fault?.kind) {
    case undefined:
      return false;
    case 'login-failure':
      refuse(context, connection, {
        subject,
        failure: node('failure', { reason: fault.reason, ...fault.attributes }),
      });
      return true;
    case 'silence':
      connection.silence();
      return true;
    case 'drop-tcp':
      connection.cut('fault');
      return true;
    case 'stream-error':
      connection.end('fault', streamError(fault.code));
      return true;
    case 'conflict-replaced':
      connection.end('fault', node('stream:error', {}, [node('conflict', { type: 'replaced' })]));
      return true;
  }
}

function refuse(
  { history }: ServerContext,
  connection: Connection,
  { subject, failure }: { subject: FaultSubject; failure: WireNode },
): void {
  const device = `${subject.phoneNumber}:${subject.device}${SERVER_JID}`;
  history.append({
    kind: 'login-refused',
    connection: connection.id,
    device,
    reason: failure.attrs.reason ?? '',
  });
  connection.end('refused', failure);
}

function openSession(
  context: ServerContext,
  connection: Connection,
  { account, device, record }: DeviceRef & { readonly record: DeviceRecord },
): Session {
  const previous = context.sessions.get({ account, device });
  const session: Session = {
    connection,
    account,
    device,
    record,
    caughtUp: false,
    catchingUp: false,
    presence: 'unavailable',
    subscriptions: new Set(),
    held: null,
  };
  context.sessions.add(session);
  if (previous) endSession(previous, { kind: 'conflict', type: 'replaced' }, 'replaced');
  context.history.append({ kind: 'login', connection: connection.id, device: deviceJid(session) });
  return session;
}

/** `success` with the LID, then what waits: clients hold back every event until they have heard how much it is. */
function sayWelcome({ clock, delivery }: ServerContext, session: Session): void {
  const { connection } = session;
  const t = seconds(clock);
  connection.send(node('success', { t, props: '1', lid: deviceJid(session, 'lid'), location: 'sim' }));
  const routing = node('edge_routing', {}, [node('routing_info', {}, ROUTING_INFO)]);
  connection.send(node('ib', { from: SERVER_JID }, [routing]));
  const { total, byClass } = delivery.waitingFor(session);
  if (total === 0) {
    delivery.catchUp(session);
    return;
  }
  const preview = {
    count: String(total),
    message: String(byClass.message ?? 0),
    receipt: String(byClass.receipt ?? 0),
    notification: String(byClass.notification ?? 0),
    appdata: '0',
  };
  connection.send(node('ib', { from: SERVER_JID }, [node('offline_preview', preview)]));
}
