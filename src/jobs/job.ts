import type { OnAmbiguous, OutboundStatus, SendError } from '../outbox/outbox-message.ts';
import type { DeviceId } from '../shared/ids.ts';

/** What the items of a job are. */
export type JobKind = 'text' | 'group_text' | 'media' | 'group_media';

/** `paused` goes on when somebody resumes it; `completed`, `failed` (every item did) and `cancelled` are ends. */
export type JobStatus = 'queued' | 'processing' | 'paused' | 'completed' | 'failed' | 'cancelled';

/** Not at an end: it may be paused, resumed and cancelled. */
export const ACTIVE_STATUSES = ['queued', 'processing', 'paused'] as const satisfies readonly JobStatus[];

/** What is decided when a job is accepted. Its items are messages of the outbox with its id. */
export interface NewJob {
  /** ULID: jobs of a device run in the order of their ids. */
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly kind: JobKind;
  readonly name: string | null;
  /** Items to be sent; duplicates that were left out do not count. */
  readonly total: number;
  /** The gap between two items in ms; null: 2 to 5 s at random. */
  readonly delayMs: number | null;
  readonly onAmbiguous: OnAmbiguous;
}

/** Many messages asked for in one request. */
export interface Job extends NewJob {
  readonly status: JobStatus;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** How many items are in which status; statuses without items may be left out. */
export type ItemCounts = ReadonlyMap<OutboundStatus, number>;

/** One line of the ledger. */
export interface JobItem {
  /** The place in the list that was sent to us, from 0. */
  readonly index: number;
  readonly to: string;
  readonly messageId: string;
  readonly status: OutboundStatus;
  readonly attempts: number;
  readonly error: SendError | null;
  /** When WhatsApp's server took it. */
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly readAt: Date | null;
}
