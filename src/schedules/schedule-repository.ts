import type { Database, SqlValue, Statement } from '../database/database.ts';
import { dialectOf } from '../database/dialect.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { NewSchedule, Schedule, ScheduleChange, ScheduleStatus } from './schedule.ts';
import { type ScheduleRow, toColumns, toSchedule } from './schedule-rows.ts';

/** Which schedules to list. */
export interface ScheduleFilter {
  /** Null: of every device. */
  readonly deviceIds: readonly string[] | null;
  readonly status?: ScheduleStatus | undefined;
  readonly to?: Jid | undefined;
}

export interface SchedulePage extends ScheduleFilter {
  /** By the time they were asked for. */
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly offset: number;
  /** Only those after this one, in the order of the list. */
  readonly after?: string | undefined;
}

/** A schedule with the database's clock at the moment it was read. */
export interface Reading {
  readonly schedule: Schedule;
  readonly now: Date;
}

/** A write that happens only while nobody changed the schedule since it was read. */
export interface GuardedChange {
  readonly guard: Statement;
  readonly statement: Statement;
}

export type ScheduleRepository = ReturnType<typeof createScheduleRepository>;

/** The rows of schedules. Methods throw what Database throws. */
export function createScheduleRepository({ database }: { database: Database }) {
  const { now, plusMs } = dialectOf(database.dialect);

  return {
    /** The clock that says what is due. */
    now: () => database.now(),

    /** Stored together with `beside`. */
    async add(schedule: NewSchedule, { at, beside }: { at: Date; beside: readonly Statement[] }) {
      await database.writeAtomically({ statements: [...beside, insertStatement(schedule, at)] });
    },

    async find(id: string): Promise<Reading | null> {
      const [row] = await database.query<ScheduleRow & { db_now: Date | number }>({
        text: `select s.*, ${now} as db_now from \`schedule\` s where s.id = ?`,
        params: [id],
      });
      return row ? { schedule: toSchedule(row), now: new Date(row.db_now) } : null;
    },

    async list({ order, limit, offset, after, ...filter }: SchedulePage): Promise<Schedule[]> {
      const { text, params } = conditionsOf(filter);
      const rows = await database.query<ScheduleRow>({
        text: `select * from \`schedule\` where ${text}
          ${after === undefined ? '' : `and id ${order === 'asc' ? '>' : '<'} ?`} order by id ${order}
          limit ${Math.trunc(limit)} offset ${Math.trunc(offset)}`,
        params: after === undefined ? params : [...params, after],
      });
      return rows.map(toSchedule);
    },

    async count(filter: ScheduleFilter): Promise<number> {
      const { text, params } = conditionsOf(filter);
      const [row] = await database.query<{ total: number }>({
        text: `select count(*) as total from \`schedule\` where ${text}`,
        params,
      });
      return row?.total ?? 0;
    },

    /** What is due within `withinMs` by the database's clock, the longest due first; `inMs` is negative when it is overdue. */
    async dueWithin(withinMs: number, limit: number): Promise<{ id: string; inMs: number }[]> {
      const rows = await database.query<{ id: string; run_at: Date; db_now: Date | number }>({
        text: `select id, run_at, ${now} as db_now from \`schedule\`
          where status = 'active' and run_at <= ${plusMs(now)} order by run_at limit ${Math.trunc(limit)}`,
        params: [withinMs],
      });
      return rows.map(({ id, run_at, db_now }) => ({ id, inMs: run_at.getTime() - Number(db_now) }));
    },

    /** False when the schedule is not active any more, or was changed since it was read. */
    async change(schedule: Schedule, change: ScheduleChange, at: Date): Promise<boolean> {
      const { changes } = await database.run(guarded(schedule, change, at).statement);
      return changes === 1;
    },

    /** The same for a larger transaction: its guard fails when `change` would be false. */
    guarded,
  };
}

const UNCHANGED = "id = ? and status = 'active' and run_at = ? and updated_at = ?";

function guarded(schedule: Schedule, change: ScheduleChange, at: Date): GuardedChange {
  const unchanged: SqlValue[] = [schedule.id, schedule.runAt, schedule.updatedAt];
  const columns: [string, SqlValue][] = [...toColumns(change), ['updated_at', updateTime(schedule, at)]];
  return {
    guard: { text: `select 1 from \`schedule\` where ${UNCHANGED}`, params: unchanged },
    statement: {
      text: `update \`schedule\` set ${columns.map(([name]) => `${name} = ?`).join(', ')} where ${UNCHANGED}`,
      params: [...columns.map(([, value]) => value), ...unchanged],
    },
  };
}

/** Later than the last one, also within a millisecond and when the clock went back. */
export function updateTime({ updatedAt }: Pick<Schedule, 'updatedAt'>, at: Date): Date {
  return new Date(Math.max(at.getTime(), updatedAt.getTime() + 1));
}

function insertStatement(schedule: NewSchedule, at: Date): Statement {
  const { id, deviceId, kind } = schedule;
  const columns: [string, SqlValue][] = [
    ['id', id],
    ['device_id', deviceId],
    ['kind', kind],
    ...toColumns({ ...schedule, status: 'active', runs: 0 }),
    ['created_at', at],
    ['updated_at', at],
  ];
  return {
    text: `insert into \`schedule\` (${columns.map(([name]) => name).join(', ')})
      values (${columns.map(() => '?').join(', ')})`,
    params: columns.map(([, value]) => value),
  };
}

function conditionsOf({ deviceIds, status, to }: ScheduleFilter) {
  const conditions = ['1 = 1'];
  const params: SqlValue[] = [];
  if (deviceIds !== null) {
    const marks = deviceIds.map(() => '?').join(', ');
    conditions.push(deviceIds.length === 0 ? '1 = 0' : `device_id in (${marks})`);
    params.push(...deviceIds);
  }
  if (status !== undefined) {
    conditions.push('status = ?');
    params.push(status);
  }
  if (to !== undefined) {
    conditions.push('to_jid = ?');
    params.push(to);
  }
  return { text: conditions.join(' and '), params };
}
