import type { WaMessageId } from '../shared/ids.ts';
import type { OutboundStatus } from './message.ts';

/** A step forward of one or more messages of a device. */
export interface StatusAdvance {
  readonly waMessageIds: readonly WaMessageId[];
  readonly status: Exclude<OutboundStatus, 'queued'>;
  readonly at: Date;
  /** Why it failed; with `failed` only. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** What a status takes: where its time is kept and where it may come from. */
interface StatusStep {
  readonly column: string;
  readonly from: readonly OutboundStatus[];
}

/**
 * The status only moves forward. A message that failed here (no answer in time) may have left all the same: an ack or a
 * receipt proves it, so those overrule `failed`. Sending may begin again after a crash.
 */
export const STATUS_STEPS: Record<StatusAdvance['status'], StatusStep> = {
  sending: { column: 'sending_at', from: ['queued', 'sending'] },
  server_ack: { column: 'acked_at', from: ['queued', 'sending', 'failed'] },
  delivered: { column: 'delivered_at', from: ['queued', 'sending', 'server_ack', 'failed'] },
  read: { column: 'read_at', from: ['queued', 'sending', 'server_ack', 'delivered', 'failed'] },
  played: { column: 'played_at', from: ['queued', 'sending', 'server_ack', 'delivered', 'read', 'failed'] },
  failed: { column: 'failed_at', from: ['queued', 'sending'] },
};
