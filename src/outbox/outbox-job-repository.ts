import type { Database, Statement } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { OutboundMessage, OutboundStatus } from './outbox-message.ts';
import { type OutboxRow, toOutboundMessage } from './outbox-rows.ts';

/** A stretch of the ledger of a job. */
export interface LedgerPage {
  /** Only items after the one with this index. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** The rows of the outbox as items of a job, or all of one device. Methods throw what Database throws. */
export function createOutboxJobRepository({ database, clock }: { database: Database; clock: Clock }) {
  return {
    /** In the order of the items. */
    async listByJob(jobId: string, { after = -1, limit }: LedgerPage): Promise<OutboundMessage[]> {
      const rows = await database.query<OutboxRow>({
        text: `select * from outbound_message where job_id = ? and item_index > ?
          order by item_index limit ${Math.trunc(limit)}`,
        params: [jobId, after],
      });
      return rows.map(toOutboundMessage);
    },

    /** How many items are in which status; those with none are left out. */
    async countByJob(jobId: string): Promise<ReadonlyMap<OutboundStatus, number>> {
      const rows = await database.query<{ status: OutboundStatus; items: number }>({
        text: 'select status, count(*) as items from outbound_message where job_id = ? group by status',
        params: [jobId],
      });
      return new Map(rows.map(({ status, items }) => [status, Number(items)]));
    },

    /** Ends what waits of a job; resolves with how many. What is being sent goes on. */
    async cancelByJob(jobId: string, beside: readonly Statement[] = []): Promise<number> {
      const cancel = {
        text: "update outbound_message set status = 'cancelled' where job_id = ? and status = 'queued'",
        params: [jobId],
      };
      const { changes } = await database.writeAtomically({ statements: [...beside, cancel] });
      return changes.at(-1) ?? 0;
    },

    /** Queues what failed of a job again, with all its attempts; resolves with how many. */
    async retryByJob(jobId: string, beside: readonly Statement[] = []): Promise<number> {
      const retry = {
        text: `update outbound_message set status = 'queued', attempts = 0, due_at = ?, error_code = null,
          error_message = null where job_id = ? and status = 'failed'`,
        params: [clock.now(), jobId],
      };
      const { changes } = await database.writeAtomically({ statements: [...beside, retry] });
      return changes.at(-1) ?? 0;
    },

    /** Ends everything of a device that was not begun. */
    async cancelByDevice(deviceId: DeviceId): Promise<void> {
      await database.run({
        text: `update outbound_message set status = 'cancelled', error_code = 'DEVICE_REMOVED',
          error_message = 'The device was removed' where device_id = ? and status in ('queued', 'held')`,
        params: [deviceId],
      });
    },
  };
}
