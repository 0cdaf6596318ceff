import { clip } from '../database/columns.ts';
import type { Statement } from '../database/database.ts';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';
import type { OutboundStatus } from './message.ts';

/** A step forward of one or more messages of a device. */
export interface StatusAdvance {
  readonly waMessageIds: readonly WaMessageId[];
  readonly status: Exclude<OutboundStatus, 'queued'>;
  readonly at: Date;
  /** Why it failed; with `failed` only. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

interface Step {
  readonly column: string;
  /** The statuses it may come from. */
  readonly from: readonly OutboundStatus[];
}

/**
 * The status only moves forward. A message that failed here (no answer in time) may have left all the same: an ack or a
 * receipt proves it, so those overrule `failed`. Sending may begin again after a crash.
 */
const STEPS: Record<StatusAdvance['status'], Step> = {
  sending: { column: 'sending_at', from: ['queued', 'sending'] },
  server_ack: { column: 'acked_at', from: ['queued', 'sending', 'failed'] },
  delivered: { column: 'delivered_at', from: ['queued', 'sending', 'server_ack', 'failed'] },
  read: { column: 'read_at', from: ['queued', 'sending', 'server_ack', 'delivered', 'failed'] },
  played: { column: 'played_at', from: ['queued', 'sending', 'server_ack', 'delivered', 'read', 'failed'] },
  failed: { column: 'failed_at', from: ['queued', 'sending'] },
};

/** Changes no row when the message is unknown or further on already. */
export function advanceStatement(
  change: Omit<StatusAdvance, 'waMessageIds'> & { deviceId: DeviceId; waMessageId: WaMessageId },
): Statement {
  const { deviceId, waMessageId, status, at, error } = change;
  const { column, from } = STEPS[status];
  const attempt = status === 'sending' ? 'attempts = attempts + 1, ' : '';
  return {
    text: `update outbound_message set ${attempt}status = ?, ${column} = ?, error_code = ?, error_message = ?
      where device_id = ? and wa_message_id = ? and status in (${from.map(() => '?').join(', ')})`,
    params: [
      status,
      at,
      error ? clip(error.code, 64) : null,
      error ? clip(error.message, 500) : null,
      deviceId,
      waMessageId,
      ...from,
    ],
  };
}
