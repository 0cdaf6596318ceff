import type { Problem } from './sending-types.ts';

/** The shapes of jobs as the pages read them; test/unit/dashboard/sending-types.test.ts compares them with the server's. */
export type JobStatus = 'queued' | 'processing' | 'paused' | 'completed' | 'failed' | 'cancelled';

export interface Job {
  readonly jobId: string;
  readonly deviceId: string;
  readonly kind: string;
  readonly name: string | null;
  readonly status: JobStatus;
  readonly total: number;
  readonly currentIndex: number;
  readonly successCount: number;
  readonly errorCount: number;
  readonly counts: Readonly<Record<string, number>>;
  /** In seconds; null: 2 to 5 at random. */
  readonly delay: number | null;
  /** When the last item should be sent. */
  readonly eta: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

export interface JobItem {
  readonly index: number;
  readonly to: string;
  readonly messageId: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: Problem | null;
  readonly sentAt: string | null;
  readonly deliveredAt: string | null;
  readonly readAt: string | null;
}

/** What is wrong with one item; `index` counts from 0. */
export interface ItemProblem extends Problem {
  readonly index: number;
  readonly field: string;
}

export interface Duplicate {
  readonly index: number;
  readonly firstIndex: number;
}

export interface CheckedJob {
  readonly total: number;
  readonly invalidCount: number;
  readonly problems: readonly ItemProblem[];
  readonly duplicateCount: number;
  readonly duplicates: readonly Duplicate[];
  readonly warnings: readonly Problem[];
}

export interface AcceptedJob {
  readonly jobId: string;
  readonly total: number;
  readonly duplicateCount: number;
  readonly warnings: readonly Problem[];
}

export interface RetriedJob {
  readonly retried: number;
  readonly job: Job;
}
