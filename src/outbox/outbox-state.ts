import type { OutboundStatus } from './outbox-message.ts';

/** What a status takes: where its time is kept and where it may come from. */
interface StatusStep {
  readonly column: string | null;
  readonly from: readonly OutboundStatus[];
}

/** Nobody has said yet that WhatsApp has it. An ack or a receipt is proof, whatever we believed before. */
const UNPROVEN = ['queued', 'sending', 'failed', 'held', 'cancelled', 'expired'] as const;

/**
 * The status only moves forward: from unproven to proven, and among the proven as the recipient's devices report. What is
 * unproven may end, or be queued again: by the runner that began to send it, or by a person who replays what failed.
 */
export const STATUS_STEPS: Readonly<Record<OutboundStatus, StatusStep>> = {
  queued: { column: null, from: ['sending', 'failed', 'held'] },
  sending: { column: 'sending_at', from: ['queued'] },
  server_ack: { column: 'acked_at', from: UNPROVEN },
  delivered: { column: 'delivered_at', from: [...UNPROVEN, 'server_ack'] },
  read: { column: 'read_at', from: [...UNPROVEN, 'server_ack', 'delivered'] },
  played: { column: 'played_at', from: [...UNPROVEN, 'server_ack', 'delivered', 'read'] },
  failed: { column: 'failed_at', from: ['queued', 'sending'] },
  held: { column: null, from: ['sending'] },
  cancelled: { column: null, from: ['queued', 'held'] },
  expired: { column: null, from: ['queued'] },
};

/** Whether a message may go from one status to the other. */
export function mayMove(from: OutboundStatus, to: OutboundStatus): boolean {
  return STATUS_STEPS[to].from.includes(from);
}

/** What whoever sent it waits for has happened: it is with WhatsApp, or nothing more is tried. */
export function isSettled(status: OutboundStatus): boolean {
  return status !== 'queued' && status !== 'sending';
}

/** Attempts of one message, crashes included; then it failed, so that a poisonous one ends. */
export const MAX_ATTEMPTS = 5;
