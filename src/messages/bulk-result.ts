import type { Outcome } from '../outbox/outbox.ts';
import type { NewOutboxMessage, OutboundStatus, SendError } from '../outbox/outbox-message.ts';
import type { WaMessageId } from '../shared/ids.ts';
import type { ItemProblem } from './text-item.ts';

/** What became of one of several messages of a request. */
export interface BulkResult {
  readonly index: number;
  /** The address it goes to; as the caller wrote it when it cannot be read. */
  readonly to: string;
  /** False only when it was not sent and will not be: whoever sends again what is false sends nothing twice. */
  readonly success: boolean;
  readonly messageId: WaMessageId | null;
  /** `failed` also for an item that was never accepted: it has no messageId. */
  readonly status: OutboundStatus;
  readonly error: SendError | null;
  /** With `queued`: why it waits although the device is connected, and until when at least. */
  readonly reason?: string;
  readonly retryAt?: string;
}

/** An item that cannot be sent. */
export function badItem(index: number, given: unknown, problems: readonly ItemProblem[]): BulkResult {
  const [first] = problems;
  const message = problems
    .map((problem) => [problem.field, problem.message].filter(Boolean).join(': '))
    .join('; ');
  return {
    index,
    to: recipientIn(given),
    success: false,
    messageId: null,
    status: 'failed',
    error: { code: first?.code ?? 'VALIDATION_FAILED', message },
  };
}

/** An item that was accepted. */
export function waiting(index: number, { to, waMessageId }: NewOutboxMessage): BulkResult {
  return { index, to, success: true, messageId: waMessageId, status: 'queued', error: null };
}

export function resultOf(result: BulkResult, { status, error, retryAt }: Outcome): BulkResult {
  const gone = GONE[status];
  return {
    ...result,
    ...(retryAt && { reason: error?.code ?? 'HELD_BACK', retryAt: retryAt.toISOString() }),
    status,
    success: gone === undefined,
    error: gone === undefined ? null : (error ?? gone),
  };
}

/** Statuses in which a message is not sent, with what is said when the row does not say more. */
const GONE: Partial<Record<OutboundStatus, SendError>> = {
  failed: { code: 'SEND_FAILED', message: 'The message could not be sent' },
  cancelled: { code: 'CANCELLED', message: 'The message was cancelled' },
  expired: { code: 'EXPIRED', message: 'The message expired before its turn' },
};

const LONGEST_ECHO = 80;

function recipientIn(given: unknown): string {
  if (typeof given !== 'object' || given === null) return '';
  const written = 'to' in given ? given.to : 'groupId' in given ? given.groupId : '';
  return typeof written === 'string' ? written.slice(0, LONGEST_ECHO) : '';
}
