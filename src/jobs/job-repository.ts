import type { Database, SqlValue, Statement } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import { ACTIVE_STATUSES, type Job, type JobStatus, type NewJob } from './job.ts';

/** Which jobs to list. */
export interface JobFilter {
  /** Only of these devices; null: of all. */
  readonly deviceIds: readonly string[] | null;
  readonly status?: JobStatus | undefined;
}

/** Which part of them, in which order of time; newest first unless told otherwise. */
export interface JobPage {
  readonly limit: number;
  readonly offset: number;
  readonly order?: 'asc' | 'desc' | undefined;
  /** Only those after the job with this id, in that order. */
  readonly after?: string | undefined;
}

export interface JobRepository {
  /** The statement that stores a job as `queued`, to be written with its items. */
  insertion(job: NewJob): Statement;
  find(id: string): Promise<Job | null>;
  list(filter: JobFilter, page: JobPage): Promise<Job[]>;
  count(filter: JobFilter): Promise<number>;
  /** Jobs of a device that have not ended. */
  activeOf(deviceId: DeviceId): Promise<Job[]>;
  /** The statement that changes the status if it is one of `from`; a job begins and ends at most once. */
  transition(id: string, step: JobTransition): Statement;
  /** Whether the status was changed. */
  move(id: string, step: JobTransition): Promise<boolean>;
  /** Ends a job none of whose items waits or is being sent; false when one is, or the job has ended already. */
  finish(id: string, status: 'completed' | 'failed'): Promise<boolean>;
  /** Jobs whose status is not what their items say: begun, at an end, or cancelled with items that wait. */
  unsettled(limit: number): Promise<string[]>;
}

export interface JobTransition {
  readonly to: JobStatus;
  readonly from: readonly JobStatus[];
}

interface JobRow {
  readonly id: string;
  readonly device_id: string;
  readonly kind: string;
  readonly name: string | null;
  readonly status: string;
  readonly total: number;
  readonly delay_ms: number | null;
  readonly on_ambiguous: string;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** Methods throw what Database throws. */
export function createJobRepository({
  database,
  clock,
}: {
  database: Database;
  clock: Clock;
}): JobRepository {
  const jobsOf = async (statement: Statement) => (await database.query<JobRow>(statement)).map(toJob);
  const changed = async (statement: Statement) => (await database.run(statement)).changes > 0;

  const transition = (id: string, { to, from }: JobTransition): Statement => {
    const now = clock.now();
    return {
      text: `update job set status = ?, updated_at = ?, started_at = coalesce(started_at, ${NOT_BEFORE}), finished_at = ${NOT_BEFORE}
        where id = ? and status in (${from.map(() => '?').join(', ')})`,
      params: [
        to,
        now,
        ...twice(to === 'processing' && now),
        ...twice(to === 'cancelled' && now),
        id,
        ...from,
      ],
    };
  };

  return {
    insertion({ id, deviceId, kind, name, total, delayMs, onAmbiguous }) {
      const now = clock.now();
      return {
        text: `insert into job (id, device_id, kind, name, status, total, delay_ms, on_ambiguous, created_at, updated_at)
          values (?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?)`,
        params: [id, deviceId, kind, name, total, delayMs, onAmbiguous, now, now],
      };
    },
    async find(id) {
      const [job] = await jobsOf({ text: 'select * from job where id = ?', params: [id] });
      return job ?? null;
    },
    list(filter, { limit, offset, order = 'desc', after }) {
      const { text, params } = conditionsOf(filter);
      const ahead = after === undefined ? '' : `and id ${order === 'asc' ? '>' : '<'} ?`;
      return jobsOf({
        text: `select * from job where ${text} ${ahead} order by id ${order}
          limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params: after === undefined ? params : [...params, after],
      });
    },
    async count(filter) {
      const { text, params } = conditionsOf(filter);
      const rows = await database.query<{ jobs: number }>({
        text: `select count(*) as jobs from job where ${text}`,
        params,
      });
      return Number(rows[0]?.jobs ?? 0);
    },
    activeOf: (deviceId) =>
      jobsOf({ text: `select * from job where device_id = ? and status in (${ACTIVE})`, params: [deviceId] }),
    transition,
    move: (id, step) => changed(transition(id, step)),
    finish(id, status) {
      const now = clock.now();
      return changed({
        text: `update job set status = ?, updated_at = ?, started_at = coalesce(started_at, ${NOT_BEFORE}), finished_at = ${NOT_BEFORE}
          where id = ? and status in (${ACTIVE}) and not ${WAIT}`,
        params: [status, now, ...twice(now), ...twice(now), id],
      });
    },
    async unsettled(limit) {
      const rows = await database.query<{ id: string }>({
        text: `select id from job where (status in (${ACTIVE}) and not ${WAIT})
          or (status = 'queued' and ${TAKEN_UP})
          or (status = 'cancelled' and ${LEFT_BEHIND})
          order by id limit ${Math.trunc(limit)}`,
        params: [],
      });
      return rows.map(({ id }) => id);
    },
  };
}

/** A job may be accepted by one process and run by another, whose clock is behind: it does not begin before it is accepted. */
const NOT_BEFORE = 'case when created_at > ? then created_at else ? end';

function twice(time: Date | false): SqlValue[] {
  return time ? [time, time] : [null, null];
}

const ACTIVE = ACTIVE_STATUSES.map((status) => `'${status}'`).join(', ');
const WAIT = itemsIn("'queued', 'sending'");
const TAKEN_UP = itemsIn(
  "'sending', 'server_ack', 'delivered', 'read', 'played', 'failed', 'held', 'expired'",
);
const LEFT_BEHIND = itemsIn("'queued'");

/** True when the job has items in one of these statuses. */
function itemsIn(statuses: string): string {
  return `exists (select 1 from outbound_message m where m.job_id = job.id and m.status in (${statuses}))`;
}

function conditionsOf({ deviceIds, status }: JobFilter): Statement {
  const conditions = ['1 = 1'];
  const params: SqlValue[] = [];
  if (deviceIds !== null) {
    conditions.push(
      deviceIds.length === 0 ? '1 = 0' : `device_id in (${deviceIds.map(() => '?').join(', ')})`,
    );
    params.push(...deviceIds);
  }
  if (status !== undefined) {
    conditions.push('status = ?');
    params.push(status);
  }
  return { text: conditions.join(' and '), params };
}

/** The words in these columns are only ever written from a Job, so they are what its types say. */
function toJob(row: JobRow): Job {
  return {
    id: row.id,
    deviceId: row.device_id as DeviceId,
    kind: row.kind as Job['kind'],
    name: row.name,
    status: row.status as JobStatus,
    total: row.total,
    delayMs: row.delay_ms,
    onAmbiguous: row.on_ambiguous as Job['onAmbiguous'],
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}
