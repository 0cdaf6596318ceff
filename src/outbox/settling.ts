import type { OutboundMessage, SendError } from './outbox-message.ts';
import type { OwnMove } from './outbox-repository.ts';
import { MAX_ATTEMPTS } from './outbox-state.ts';

const NO_ANSWER: SendError = {
  code: 'NO_ANSWER',
  message: 'The connection ended before WhatsApp answered',
};
const AMBIGUOUS: SendError = {
  code: 'AMBIGUOUS',
  message: 'Nobody knows whether WhatsApp has this message; decide whether to send it again',
};

/**
 * What becomes of a message that was begun, of which nothing was heard, and which the receipts that waited for us did not
 * prove either (RELIABILITY.md G2): the same id again, or a person decides. One that never gets an answer is poison and ends.
 */
export function settleUnanswered({
  onAmbiguous,
  attempts,
}: Pick<OutboundMessage, 'onAmbiguous' | 'attempts'>): Pick<OwnMove, 'to' | 'error'> {
  if (onAmbiguous === 'hold') return { to: 'held', error: AMBIGUOUS };
  return { to: attempts >= MAX_ATTEMPTS ? 'failed' : 'queued', error: NO_ANSWER };
}
