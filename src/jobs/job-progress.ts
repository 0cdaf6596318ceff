import type { OutboundStatus } from '../outbox/outbox-message.ts';
import type { ItemCounts, Job, JobStatus } from './job.ts';

/** How far a job is, counted from its items. */
export interface JobProgress {
  /** Items that wait or are being sent. */
  readonly remaining: number;
  /** Items that were taken up: all but those that wait. */
  readonly currentIndex: number;
  /** Items that WhatsApp's server took. */
  readonly successCount: number;
  /** Items that were given up. Those held for a person or cancelled count as neither. */
  readonly errorCount: number;
}

const SUCCESS: readonly OutboundStatus[] = ['server_ack', 'delivered', 'read', 'played'];
const ERROR: readonly OutboundStatus[] = ['failed', 'expired'];

export function progressOf({ total }: Pick<Job, 'total'>, counts: ItemCounts): JobProgress {
  const sum = (statuses: readonly OutboundStatus[]) =>
    statuses.reduce((all, status) => all + (counts.get(status) ?? 0), 0);
  return {
    remaining: sum(['queued', 'sending']),
    currentIndex: total - sum(['queued', 'cancelled']),
    successCount: sum(SUCCESS),
    errorCount: sum(ERROR),
  };
}

/** The status the items ask for; the same as before when nothing has to change. Pausing and cancelling are for people. */
export function statusByItems({ status }: Pick<Job, 'status'>, progress: JobProgress): JobStatus {
  const { remaining, successCount, errorCount, currentIndex } = progress;
  if (status !== 'queued' && status !== 'processing' && status !== 'paused') return status;
  if (remaining === 0) return successCount === 0 && errorCount > 0 ? 'failed' : 'completed';
  return status === 'queued' && currentIndex > 0 ? 'processing' : status;
}

/** When the last items were taken by the server, in any order. */
export type RecentAcks = readonly Date[];

/** The mean of the random gap, and what a send takes, in ms: for a job that has not shown its pace yet. */
const MEAN_GAP_MS = 3_500;
const SEND_MS = 300;

/**
 * When the last item should be sent: at the pace of the last few, or as planned before there are any. Null while nobody can
 * say: not begun (others may be before it), paused, or ended.
 */
export function etaOf(
  { status, delayMs }: Pick<Job, 'status' | 'delayMs'>,
  { remaining, recent, now }: { remaining: number; recent: RecentAcks; now: Date },
): Date | null {
  if (status !== 'processing' || remaining === 0) return null;
  const planned = (delayMs ?? MEAN_GAP_MS) + SEND_MS;
  return new Date(now.getTime() + remaining * (observedGapMs(recent) ?? planned));
}

function observedGapMs(recent: RecentAcks): number | null {
  if (recent.length < 5) return null;
  const times = recent.map((at) => at.getTime());
  return (Math.max(...times) - Math.min(...times)) / (times.length - 1);
}
