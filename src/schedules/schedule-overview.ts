import type { Database } from '../database/database.ts';
import { nextOccurrence, type Occurrence } from './occurrence.ts';
import type { ScheduleStatus } from './schedule.ts';
import { newTiming } from './schedule-edit.ts';
import type { ScheduleRepository } from './schedule-repository.ts';
import { toScheduleView } from './schedule-view.ts';
import type { GivenTime } from './timing.ts';

interface ScheduleOverviewDeps {
  readonly schedules: Pick<ScheduleRepository, 'list' | 'count'>;
  readonly database: Pick<Database, 'now'>;
  readonly defaultTimezone: string;
}

/** Which schedules, of all devices a caller may use. */
export interface OverviewListing {
  /** Null: of every device. */
  readonly deviceIds: readonly string[] | null;
  readonly status?: ScheduleStatus | undefined;
  readonly order: 'asc' | 'desc';
  readonly pageSize: number;
  readonly cursor?: string | undefined;
}

/** When something would come, as a caller writes it for a new schedule. */
export interface ForeseenOrder {
  readonly scheduleTime?: GivenTime | undefined;
  readonly timezone?: string | undefined;
  readonly recurrence?: string | undefined;
  /** How many times at most. */
  readonly count: number;
}

export type ScheduleOverview = ReturnType<typeof createScheduleOverview>;

/** What one sees of schedules without naming a device. */
export function createScheduleOverview({ schedules, database, defaultTimezone }: ScheduleOverviewDeps) {
  return {
    /** One page and how many there are; `cursor` goes on after the last item of an earlier page. */
    async list({ deviceIds, status, order, pageSize, cursor }: OverviewListing) {
      const filter = { deviceIds, status };
      const [found, total] = await Promise.all([
        schedules.list({ ...filter, order, limit: pageSize + 1, offset: 0, after: cursor }),
        schedules.count(filter),
      ]);
      const items = found.slice(0, pageSize).map(toScheduleView);
      const nextCursor = found.length > pageSize ? (items.at(-1)?.scheduleId ?? null) : null;
      return { items, total, page: 1, pageSize, nextCursor };
    },

    /** The next times a new schedule would have; nothing is stored. Throws the SCHEDULE_ errors that making one would. */
    async foresee({ count, ...order }: ForeseenOrder) {
      const { scheduleTime = null, timezone = defaultTimezone, recurrence = null } = order;
      const now = await database.now();
      const { recurrence: rule, ...first } = newTiming({ scheduleTime, timezone, recurrence }, now);
      const runs: Occurrence[] = [first];
      for (let last: Occurrence = first; rule !== null && runs.length < count; ) {
        const next = nextOccurrence(rule, timezone, last.runAt);
        if (next === null) break;
        runs.push(next);
        last = next;
      }
      return {
        timezone,
        runs: runs.map(({ runAt, localTime }) => ({ runAt: runAt.toISOString(), scheduleTime: localTime })),
      };
    },
  };
}
