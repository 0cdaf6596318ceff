import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { Database } from './database/database.ts';
import type { DeviceService } from './devices/device-service.ts';
import { createEventLog } from './events/create-event-log.ts';
import { deviceSocketRoutes } from './events/device-socket-routes.ts';
import { createEventFeed, type EventFeed } from './events/event-feed.ts';
import type { EventLog } from './events/event-log.ts';
import { startEventLogPurge } from './events/event-log-purge.ts';
import { createEventLogRepository, type EventLogRepository } from './events/event-log-repository.ts';
import { eventLogRoutes } from './events/event-log-routes.ts';
import { eventRoutes } from './events/event-routes.ts';
import { createEventTail } from './events/event-tail.ts';
import { createEventWriter } from './events/event-writer.ts';
import { isStateEvent, type LiveEvent } from './events/live-event.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createEventBus } from './shared/event-bus.ts';

interface EventHostDeps extends Basics {
  readonly database: Database;
}

/** What happened: kept for a while, told live to whoever listens, read again by whoever was away. */
export interface EventHost {
  readonly feed: EventFeed;
  readonly eventLog: EventLog;
  readonly events: EventLogRepository;
  readonly work: WorkToStart;
  /** Writes what waits to be written, for at most `patienceMs`; nobody is told anything afterwards. */
  stop(patienceMs: number): Promise<void>;
}

export function createEventHost(deps: EventHostDeps): EventHost {
  const { config, clock, log, database } = deps;
  const bus = <Event>(name: string) =>
    createEventBus<Event>((error) => log.error({ bus: name, err: error }, 'an event listener failed'));
  const announced = bus<void>('event log');
  const events = createEventLogRepository({ database });
  const unkept = bus<LiveEvent>('unkept');
  const writer = createEventWriter({
    repository: events,
    onWritten: () => announced.publish(),
    // Whoever watches a device learns at once that it is away; the rest can wait for the database.
    onDelayed: (event) => void (isStateEvent(event) && unkept.publish({ ...event, isPassing: true })),
    clock,
    log,
  });
  const eventLog = createEventLog({ repository: events, writer, announced });
  const tail = createEventTail({ eventLog, clock, log });
  const feed = createEventFeed({ eventLog, writer, tail, unkept, clock, log });
  return {
    feed,
    eventLog,
    events,
    work: { eventLog: () => startEventLogPurge({ events, days: config.eventLogDays, clock, log }) },
    async stop(patienceMs) {
      await writer.stop(patienceMs);
      tail.stop();
    },
  };
}

/** The routes of all of it. */
export function mountEvents(
  api: ApiInstance,
  {
    prefix,
    ...parts
  }: Basics & Pick<EventHost, 'feed' | 'events'> & { prefix: string; deviceService: DeviceService },
): void {
  const { deviceService, feed, events, clock, log } = parts;
  api.register(eventRoutes, { prefix, feed });
  api.register(eventLogRoutes, { prefix, feed, events });
  api.register(deviceSocketRoutes, { prefix, deviceService, feed, clock, log });
}
