import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { OutboundStatus, SendError } from './outbox-message.ts';

/** What happened to a message of the outbox, published after it is stored. */
export interface OutboxEvent {
  readonly type: 'status-changed';
  readonly deviceId: DeviceId;
  readonly waMessageId: WaMessageId;
  readonly status: OutboundStatus;
  /** Why it did not succeed (yet); null for every good news. */
  readonly error: SendError | null;
  /** WhatsApp's own code where it refused the message. */
  readonly refusal: number | null;
  /** The job, as far as the one who publishes knows it: always for what the runner did, not for late receipts. */
  readonly jobId: string | null;
  /** With `queued`: when it is tried again. */
  readonly dueAt: Date | null;
}
