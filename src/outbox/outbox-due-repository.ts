import type { Database, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { OutboundMessage } from './outbox-message.ts';
import { type OutboxRow, toOutboundMessage } from './outbox-rows.ts';

/** The rows of the outbox in the order in which they go. Methods throw what Database throws. */
export function createOutboxDueRepository({ database, clock }: { database: Database; clock: Clock }) {
  const { forceIndex } = dialectOf(database.dialect);
  const inClaimOrder = forceIndex('outbound_message', 'outbound_message_claim_idx');
  const inJobOrder = forceIndex('outbound_message', 'outbound_message_job_id_status_idx');
  const byExpiry = forceIndex('outbound_message', 'outbound_message_expires_at_idx');
  const messagesOf = async (statement: Statement) =>
    (await database.query<OutboxRow>(statement)).map(toOutboundMessage);

  return {
    /** Everything of the device that was begun and of which no answer is known. */
    inDoubt: (deviceId: DeviceId): Promise<OutboundMessage[]> =>
      messagesOf({
        text: `select * from ${inClaimOrder} where device_id = ? and status = 'sending' order by priority, id`,
        params: [deviceId],
      }),

    /** What is due now and belongs to no job, in the order in which it goes. */
    dueSingles: (deviceId: DeviceId, limit: number): Promise<OutboundMessage[]> =>
      messagesOf({
        text: `select * from ${inClaimOrder} where device_id = ? and status = 'queued' and priority < 2 and due_at <= ?
          order by priority, id limit ${Math.trunc(limit)}`,
        params: [deviceId, clock.now()],
      }),

    /** Items due now of the first job of the device that has any, in their order. */
    async dueJobItems(deviceId: DeviceId, limit: number): Promise<OutboundMessage[]> {
      const jobs = await database.query<{ id: string }>({
        text: "select id from job where device_id = ? and status in ('queued', 'processing') order by id",
        params: [deviceId],
      });
      for (const { id } of jobs) {
        const items = await messagesOf({
          text: `select * from ${inJobOrder} where job_id = ? and status = 'queued' and due_at <= ?
            order by item_index limit ${Math.trunc(limit)}`,
          params: [id, clock.now()],
        });
        if (items.length > 0) return items;
      }
      return [];
    },

    /** What waits though its time passed after `since`, whoever has the device, the longest overdue first. */
    overdue: ({
      since,
      until,
      limit,
    }: {
      since: Date;
      until: Date;
      limit: number;
    }): Promise<OutboundMessage[]> =>
      messagesOf({
        text: `select * from ${byExpiry} where expires_at > ? and expires_at <= ? and status = 'queued'
          order by expires_at limit ${Math.trunc(limit)}`,
        params: [since, until],
      }),

    /** Those of the devices that have a message without a job due. */
    withDueSingles: (deviceIds: readonly DeviceId[]): Promise<DeviceId[]> =>
      devicesOf(database, deviceIds, {
        text: `select distinct device_id from ${inClaimOrder} where device_id in (%) and status = 'queued'
          and priority < 2 and due_at <= ?`,
        params: [clock.now()],
      }),

    /** Those of the devices that have a job to work on. */
    withJobs: (deviceIds: readonly DeviceId[]): Promise<DeviceId[]> =>
      devicesOf(database, deviceIds, {
        text: "select distinct device_id from job where device_id in (%) and status in ('queued', 'processing')",
        params: [],
      }),
  };
}

/** The number of placeholders is rounded up, so that few texts are prepared; a device asked twice answers once. */
async function devicesOf(
  database: Database,
  deviceIds: readonly DeviceId[],
  { text, params }: Statement,
): Promise<DeviceId[]> {
  const [first] = deviceIds;
  if (first === undefined) return [];
  const size = 2 ** Math.ceil(Math.log2(deviceIds.length));
  const asked = Array.from({ length: size }, (_, index) => deviceIds[index] ?? first);
  const rows = await database.query<{ device_id: DeviceId }>({
    text: text.replace('%', asked.map(() => '?').join(', ')),
    params: [...asked, ...params],
  });
  return rows.map(({ device_id }) => device_id);
}
