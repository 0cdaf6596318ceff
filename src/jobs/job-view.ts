import type { OutboundStatus } from '../outbox/outbox-message.ts';
import type { ItemCounts, Job, JobItem } from './job.ts';
import { etaOf, progressOf, type RecentAcks } from './job-progress.ts';

/** A job as callers see it; times are ISO 8601 in UTC. */
export type JobView = ReturnType<typeof toJobView>;

export function toJobView(
  job: Job,
  { counts, recent, now }: { counts: ItemCounts; recent: RecentAcks; now: Date },
) {
  const { remaining, currentIndex, successCount, errorCount } = progressOf(job, counts);
  return {
    jobId: job.id,
    deviceId: job.deviceId,
    kind: job.kind,
    name: job.name,
    status: job.status,
    total: job.total,
    currentIndex,
    successCount,
    errorCount,
    counts: Object.fromEntries(COUNTED.map((status) => [status, counts.get(status) ?? 0])),
    /** In seconds; null: 2 to 5 at random. */
    delay: job.delayMs === null ? null : job.delayMs / 1000,
    onAmbiguous: job.onAmbiguous,
    eta: iso(etaOf(job, { remaining, recent, now })),
    createdAt: job.createdAt.toISOString(),
    startedAt: iso(job.startedAt),
    finishedAt: iso(job.finishedAt),
  };
}

const COUNTED: readonly OutboundStatus[] = [
  'queued',
  'sending',
  'server_ack',
  'delivered',
  'read',
  'played',
  'failed',
  'held',
  'cancelled',
  'expired',
];

/** A line of the ledger as callers see it. */
export type JobItemView = ReturnType<typeof toJobItemView>;

export function toJobItemView({ sentAt, deliveredAt, readAt, ...item }: JobItem) {
  return { ...item, sentAt: iso(sentAt), deliveredAt: iso(deliveredAt), readAt: iso(readAt) };
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
