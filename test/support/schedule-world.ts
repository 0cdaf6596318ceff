import type { Database } from '../../src/database/database.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import type { NewSchedule } from '../../src/schedules/schedule.ts';
import type { ScheduleEvent } from '../../src/schedules/schedule-events.ts';
import { createScheduleRepository } from '../../src/schedules/schedule-repository.ts';
import { createScheduleRunner } from '../../src/schedules/schedule-runner.ts';
import { createScheduleService } from '../../src/schedules/schedule-service.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import type { Wakeups } from '../../src/wakeups/wakeups.ts';
import { createRecorder } from './recorder.ts';
import { scheduleWith } from './schedules.ts';

interface WorldOptions {
  readonly database: Database;
  /** Of the process; the database has its own. */
  readonly clock?: Clock;
  readonly wakeups?: Pick<Wakeups, 'ring'>;
  /** Whether the device of every schedule exists. */
  readonly devices?: { find(deviceId: DeviceId): Promise<object | null> };
}

/** Schedules as one process has them, on a real database and the real rows of the outbox, with nobody who sends. */
export function createScheduleWorld({ database, clock = systemClock, ...options }: WorldOptions) {
  const rings = createRecorder<string>();
  const wakeups = options.wakeups ?? {
    async ring(_topic, id) {
      rings.add(id);
    },
  };
  const devices = options.devices ?? { find: async () => ({}) };
  const published = createRecorder<ScheduleEvent>();
  const events = createEventBus<ScheduleEvent>((error) => {
    throw error;
  });
  events.subscribe(published.add);
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const schedules = createScheduleRepository({ database });
  const rows = createOutboxRepository({ database, clock });
  const parts = { schedules, devices, wakeups, events, ids, clock, log: silentLogger };
  const outbox = { accept: rows.add };
  const run = createScheduleRunner({ ...parts, outbox });
  const service = createScheduleService({ ...parts, defaultCountry: 'ID', defaultTimezone: 'Asia/Jakarta' });

  return {
    ...parts,
    outbox,
    run,
    service,
    rings,
    published,
    /** A stored schedule that is due in so many ms of the database's clock. */
    async add(inMs: number, fields: Partial<NewSchedule> = {}): Promise<NewSchedule> {
      const now = await database.now();
      const {
        status: _s,
        lastRunAt: _l,
        lastMessageId: _m,
        runs: _r,
        createdAt: _c,
        updatedAt: _u,
        ...due
      } = scheduleWith({ id: ids.next(), runAt: new Date(now.getTime() + inMs) });
      const schedule = { ...due, ...fields };
      await schedules.add(schedule, { at: now, beside: [] });
      return schedule;
    },
    read: async (id: string) => (await schedules.find(id))?.schedule,
    /** The texts of the messages that wait to be sent. */
    async sent(deviceId = 'ana'): Promise<(string | null)[]> {
      const page = await rows.page({ deviceId: deviceId as DeviceId, limit: 200 });
      return page.reverse().map(({ text }) => text);
    },
    page: () => rows.page({ deviceId: 'ana' as DeviceId, limit: 200 }),
  };
}
