import type { DeviceId } from '../shared/ids.ts';
import type { StoredReceivedMessage } from './message.ts';

/** A message a device received, published after it is stored; once for each. What was sent is told by the outbox. */
export interface MessageEvent {
  readonly type: 'received';
  readonly deviceId: DeviceId;
  readonly message: StoredReceivedMessage;
}
