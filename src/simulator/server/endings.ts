import type { WireNode } from '../node.ts';
import type { ServerContext } from './context.ts';
import { type DeviceRef, deviceJid } from './directory.ts';
import type { CloseReason } from './history.ts';
import { announceDevices } from './presence.ts';
import type { Session } from './session.ts';
import { node } from './stanza.ts';

/** A way for the server to end a session now. */
export type Ending =
  /** `stream:error` with this code, or without any. */
  | { readonly kind: 'stream-error'; readonly code?: string }
  /** `stream:error` with a conflict: `replaced`, `device_removed` (with code 401) or another type. */
  | { readonly kind: 'conflict'; readonly type: string }
  /** `xmlstreamend`. */
  | { readonly kind: 'stream-end' }
  /** The WebSocket is closed without a word. */
  | { readonly kind: 'close' }
  /** The TCP connection is destroyed. */
  | { readonly kind: 'cut' }
  /** The server falls silent; the socket stays open. */
  | { readonly kind: 'silence' };

/** Ends a session in the given way. */
export function endSession({ connection }: Session, ending: Ending, reason: CloseReason): void {
  switch (ending.kind) {
    case 'stream-error':
      connection.end(reason, streamError(ending.code));
      return;
    case 'conflict':
      connection.end(reason, conflict(ending.type));
      return;
    case 'stream-end':
      connection.end(reason, node('xmlstreamend'));
      return;
    case 'close':
      connection.end(reason);
      return;
    case 'cut':
      connection.cut(reason);
      return;
    case 'silence':
      connection.silence();
      return;
  }
}

export function streamError(code: string | undefined): WireNode {
  return node('stream:error', { code });
}

function conflict(type: string): WireNode {
  const code = type === 'device_removed' ? '401' : undefined;
  return node('stream:error', { code }, [node('conflict', { type })]);
}

/** Unlinks a device: its session ends with 401, later logins fail, and everybody who wrote to it is told. */
export function removeDevice(context: ServerContext, ref: DeviceRef): boolean {
  const { account, device } = ref;
  const record = account.devices.get(device);
  if (!record) return false;
  const session = context.sessions.get(ref);
  context.state.commit({ kind: 'device-removed', phoneNumber: account.phoneNumber, device });
  context.history.append({ kind: 'device-removed', device: deviceJid(ref) });
  if (session) endSession(session, { kind: 'conflict', type: 'device_removed' }, 'removed');
  announceDevices(context, account, { change: 'remove', device, keyIndex: record.keyIndex });
  return true;
}
