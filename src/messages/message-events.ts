import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { OutboundStatus, StoredReceivedMessage } from './message.ts';

/** What happened to messages, published after it is stored. */
export type MessageEvent =
  | { readonly type: 'received'; readonly deviceId: DeviceId; readonly message: StoredReceivedMessage }
  | {
      readonly type: 'status-changed';
      readonly deviceId: DeviceId;
      readonly waMessageId: WaMessageId;
      readonly status: OutboundStatus;
      /** WhatsApp's own code where it refused the message. */
      readonly refusal: number | null;
    };
