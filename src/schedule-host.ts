import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { EventFeed } from './events/event-feed.ts';
import { bridgeScheduleEvents } from './events/schedule-live-events.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { ScheduleEvent } from './schedules/schedule-events.ts';
import { startScheduleLookout } from './schedules/schedule-lookout.ts';
import { createScheduleOverview, type ScheduleOverview } from './schedules/schedule-overview.ts';
import { createScheduleRepository } from './schedules/schedule-repository.ts';
import { createScheduleRunner, type ScheduleRunnerDeps } from './schedules/schedule-runner.ts';
import { createScheduleService, type ScheduleService } from './schedules/schedule-service.ts';
import { createEventBus } from './shared/event-bus.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

interface ScheduleHostDeps extends Basics {
  readonly database: Database;
  readonly devices: ScheduleRunnerDeps['devices'];
  readonly outbox: Pick<Outbox, 'accept'>;
  readonly feed: EventFeed;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
}

/** Messages for later: asking for them, and sending them when they are due. */
export interface ScheduleHost {
  readonly scheduleService: ScheduleService;
  readonly scheduleOverview: ScheduleOverview;
  readonly work: WorkToStart;
}

/** Many are due on the hour, and the database writes them together. */
const AT_ONCE = 50;

export function createScheduleHost(deps: ScheduleHostDeps): ScheduleHost {
  const { database, wakeups, feed, config, ids, clock, log } = deps;
  const events = createEventBus<ScheduleEvent>((error) =>
    log.error({ bus: 'schedules', err: error }, 'an event listener failed'),
  );
  bridgeScheduleEvents({ schedules: events, feed, ids, clock });
  const schedules = createScheduleRepository({ database });
  const parts = { ...deps, schedules, events };
  wakeups.handle('schedule', createScheduleRunner(parts), { concurrency: AT_ONCE });
  return {
    scheduleService: createScheduleService({
      ...parts,
      defaultCountry: config.whatsapp.defaultCountry,
      defaultTimezone: config.timezone,
    }),
    scheduleOverview: createScheduleOverview({ schedules, database, defaultTimezone: config.timezone }),
    work: { schedules: () => startScheduleLookout({ schedules, wakeups, clock, log }) },
  };
}
