import type { EventLog, LoggedEvent } from '../events/event-log.ts';
import type { Clock } from '../shared/clock.ts';

/** The events deliveries are about, read from the log. */
export interface RecentEvents {
  /** Null when it is not kept any more. Throws what Database throws. */
  find(seq: number, eventId: string): Promise<LoggedEvent | null>;
}

/** Numbers of events that are read together. */
const WINDOW = 64;
const WINDOWS_KEPT = 32;
/** A text that is erased is posted no later than this after it was. */
const KEPT_MS = 2_000;

/** Twenty endpoints want the same event at the same time, and a backlog wants its neighbours: those share one reading. */
export function createRecentEvents({
  log,
  clock,
}: {
  log: Pick<EventLog, 'after'>;
  clock: Clock;
}): RecentEvents {
  const windows = new Map<number, { readonly events: Promise<LoggedEvent[]>; readonly at: number }>();

  const windowOf = (seq: number): Promise<LoggedEvent[]> => {
    const first = seq - (seq % WINDOW);
    const known = windows.get(first);
    if (known && clock.monotonic() - known.at < KEPT_MS) return known.events;
    const events = log.after(first - 1, WINDOW);
    windows.delete(first);
    windows.set(first, { events, at: clock.monotonic() });
    events.catch(() => windows.delete(first));
    const [oldest] = windows.keys();
    if (oldest !== undefined && windows.size > WINDOWS_KEPT) windows.delete(oldest);
    return events;
  };

  return {
    async find(seq, eventId) {
      const isIt = (event: LoggedEvent) => event.seq === seq && event.id === eventId;
      const near = (await windowOf(seq)).find(isIt);
      // A window read before the event was written lacks it.
      return near ?? (await log.after(seq - 1, 1)).find(isIt) ?? null;
    },
  };
}
