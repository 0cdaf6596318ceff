import type { Database, SqlValue } from '../database/database.ts';
import type { OutboundStatus } from '../outbox/outbox-message.ts';
import type { JobItem } from './job.ts';
import type { RecentAcks } from './job-progress.ts';

/** A stretch of the ledger, in the order of the items. */
export interface LedgerPage {
  readonly status?: OutboundStatus | undefined;
  /** Only items after the one with this index. */
  readonly after?: number | undefined;
  readonly offset?: number;
  readonly limit: number;
}

/** Reads the items of jobs; what happens to them is for the outbox. */
export interface JobLedgerRepository {
  list(jobId: string, page: LedgerPage): Promise<JobItem[]>;
  /** When the server took the last few of the items taken up so far. */
  recentAcks(jobId: string, takenUp: number): Promise<RecentAcks>;
}

interface ItemRow {
  readonly item_index: number;
  readonly chat_jid: string;
  readonly wa_message_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly acked_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
}

/** How many acks show the pace. */
const RECENT = 20;

/** Methods throw what Database throws. */
export function createJobLedgerRepository({ database }: { database: Database }): JobLedgerRepository {
  return {
    async list(jobId, { status, after = -1, offset = 0, limit }) {
      const params: SqlValue[] = [jobId, after];
      if (status !== undefined) params.push(status);
      const rows = await database.query<ItemRow>({
        text: `select item_index, chat_jid, wa_message_id, status, attempts, error_code, error_message, acked_at,
            delivered_at, read_at
          from outbound_message where job_id = ? and item_index > ? ${status === undefined ? '' : 'and status = ?'}
          order by item_index limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params,
      });
      return rows.map(toItem);
    },
    async recentAcks(jobId, takenUp) {
      const rows = await database.query<{ acked_at: Date | null }>({
        text: `select acked_at from outbound_message where job_id = ? and item_index >= ?
          order by item_index limit ${RECENT}`,
        params: [jobId, Math.max(0, takenUp - RECENT)],
      });
      return rows.flatMap(({ acked_at }) => (acked_at === null ? [] : [acked_at]));
    },
  };
}

/** The status is only ever written from an OutboundStatus. */
function toItem(row: ItemRow): JobItem {
  return {
    index: row.item_index,
    to: row.chat_jid,
    messageId: row.wa_message_id,
    status: row.status as OutboundStatus,
    attempts: row.attempts,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    sentAt: row.acked_at,
    deliveredAt: row.delivered_at,
    readAt: row.read_at,
  };
}
