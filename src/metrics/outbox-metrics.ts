import type { OutboxEvent } from '../outbox/outbox-events.ts';
import type { QueuedMessage } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import { timeOfId } from '../shared/ids.ts';
import type { Instruments } from './instruments.ts';

/** Counts what becomes of messages of the outbox. */
export function measureOutbox(
  outbox: EventBus<OutboxEvent>,
  { messageStatuses, refusals }: Pick<Instruments, 'messageStatuses' | 'refusals'>,
): Unsubscribe {
  return outbox.subscribe(({ status, refusal }) => {
    messageStatuses.inc({ status });
    if (refusal !== null) refusals.inc({ code: codeLabel(refusal) });
  });
}

/** Takes the time from acceptance to WhatsApp's ack, of single messages: items of jobs wait for each other on purpose. */
export function measureAccepted(
  { jobId, source, id }: Pick<QueuedMessage, 'id' | 'jobId' | 'source'>,
  { sendSeconds, clock }: Pick<Instruments, 'sendSeconds'> & { clock: Clock },
): void {
  if (jobId !== undefined || source !== 'api') return;
  const tookMs = clock.now().getTime() - timeOfId(id).getTime();
  sendSeconds.observe(Math.max(0, tookMs) / 1000);
}

/** The codes that have a meaning of their own; a server that makes others up must not add series. */
const KNOWN_CODES = new Set([420, 429, 463, 479]);

function codeLabel(code: number): string {
  if (KNOWN_CODES.has(code)) return String(code);
  if (code >= 400 && code < 600) return code < 500 ? '4xx' : '5xx';
  return 'other';
}
