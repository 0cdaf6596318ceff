import type { Database } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';

export interface DeviceCount {
  readonly status: string;
  readonly count: number;
}

export interface OutboxCount {
  readonly status: string;
  readonly source: 'job' | 'single';
  readonly deviceStatus: string;
  readonly count: number;
}

export interface OutboxHead {
  readonly source: 'job' | 'single';
  readonly deviceStatus: string;
  readonly oldestDueAt: Date;
}

/** Counts over all devices, by the indexes that the outbox itself reads. Methods throw what Database throws. */
export function createFleetRepository(database: Database) {
  const { forceIndex } = dialectOf(database.dialect);
  const inClaimOrder = (alias: string) => {
    const table = forceIndex('outbound_message', 'outbound_message_claim_idx');
    return table.replace('`outbound_message`', `\`outbound_message\` ${alias}`);
  };
  /** When the first queued message of a device in claim order is due. */
  const headDue = (priorities: string) => `(select m.due_at from ${inClaimOrder('m')}
    where m.device_id = d.device_id and m.status = 'queued' and m.priority ${priorities}
    order by m.priority, m.id limit 1)`;

  return {
    devices: async (): Promise<DeviceCount[]> =>
      database.query<DeviceCount>({
        text: 'select last_status as status, count(*) as count from device group by last_status',
        params: [],
      }),

    /** Messages of devices that exist; those of a removed one go nowhere. */
    async outbox(): Promise<OutboxCount[]> {
      const rows = await database.query<{
        status: string;
        job: number;
        device_status: string;
        count: number;
      }>({
        text: `select m.status, m.priority >= 2 as job, d.last_status as device_status, count(*) as count
          from device d join ${inClaimOrder('m')} on m.device_id = d.device_id
          where m.status in ('queued', 'sending', 'held')
          group by m.status, m.priority >= 2, d.last_status`,
        params: [],
      });
      return rows.map(({ status, job, device_status: deviceStatus, count }) => ({
        status,
        source: job === 0 ? 'single' : 'job',
        deviceStatus,
        count,
      }));
    },

    async outboxHeads(): Promise<OutboxHead[]> {
      const rows = await database.query<{
        device_status: string;
        single: Date | number | null;
        job: Date | number | null;
      }>({
        text: `select h.device_status, min(h.single_due) as single, min(h.job_due) as job from (
            select d.last_status as device_status, ${headDue('< 2')} as single_due, ${headDue('>= 2')} as job_due
            from device d) h group by h.device_status`,
        params: [],
      });
      return rows.flatMap(({ device_status: deviceStatus, single, job }) => [
        ...(single === null
          ? []
          : [{ source: 'single' as const, deviceStatus, oldestDueAt: new Date(single) }]),
        ...(job === null ? [] : [{ source: 'job' as const, deviceStatus, oldestDueAt: new Date(job) }]),
      ]);
    },

    jobs: async (): Promise<DeviceCount[]> =>
      database.query<DeviceCount>({
        text: `select j.status, count(*) as count from device d join job j on j.device_id = d.device_id
          where j.status in ('queued', 'processing', 'paused') group by j.status`,
        params: [],
      }),

    /** When the schedule that runs next is due; null when there is none. */
    async nextScheduleAt(): Promise<Date | null> {
      const [row] = await database.query<{ run_at: Date }>({
        text: "select run_at from schedule where status = 'active' and run_at is not null order by run_at limit 1",
        params: [],
      });
      return row?.run_at ?? null;
    },
  };
}

export type FleetRepository = ReturnType<typeof createFleetRepository>;
