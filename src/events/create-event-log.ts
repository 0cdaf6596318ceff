import type { EventBus } from '../shared/event-bus.ts';
import type { EventLog } from './event-log.ts';
import type { EventLogRepository } from './event-log-repository.ts';
import type { EventWriter } from './event-writer.ts';

interface EventLogDeps {
  readonly repository: EventLogRepository;
  readonly writer: Pick<EventWriter, 'append'>;
  readonly announced: EventBus<void>;
}

/** The log as the parts of this process share it. */
export function createEventLog({ repository, writer, announced }: EventLogDeps): EventLog {
  const { statements, after, seqOf, last } = repository;
  return {
    statements,
    announce: () => announced.publish(),
    onAnnounced: (listener) => announced.subscribe(listener),
    append: writer.append,
    after,
    seqOf,
    last,
  };
}
