import type { Clock } from '../shared/clock.ts';
import type { EventBus, Unsubscribe } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import type { EventLog } from './event-log.ts';
import type { EventTail } from './event-tail.ts';
import type { EventWriter } from './event-writer.ts';
import { isPairingSecret, type LiveEvent } from './live-event.ts';

/** Where a reader begins. */
export interface EventPosition {
  readonly seq: number;
  /** What the reader saw last is not kept any more, or never was: it begins with the oldest that is, and may have missed some. */
  readonly isResync: boolean;
}

/** Takes events in order; resolves when it can take more, so that a slow reader slows down nobody but itself. */
export type EventReader = (events: readonly LiveEvent[]) => Promise<void>;

/** The events of all processes, live. Secrets of a pairing are never kept: readers in this process hear them as they happen. */
export interface EventFeed {
  publish(event: LiveEvent): void;
  /** Behind the event with this id; without one, behind everything that is committed now. */
  locate(lastEventId: string | null): Promise<EventPosition>;
  /** Gives the reader every event after the position, without a gap or a repeat. */
  follow(position: EventPosition, reader: EventReader): Unsubscribe;
}

interface FeedDeps {
  readonly eventLog: Pick<EventLog, 'seqOf' | 'last'>;
  readonly writer: Pick<EventWriter, 'add' | 'settled'>;
  readonly tail: EventTail;
  /** What is told as it happens and not kept: secrets of a pairing, and how devices are while the database is away. */
  readonly unkept: EventBus<LiveEvent>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** After the database could not be read. In ms. */
const RETRY_MS = 1_000;

export function createEventFeed({ eventLog, writer, tail, unkept, clock, log }: FeedDeps): EventFeed {
  let lastSecret: Promise<void> = Promise.resolve();

  /** After what happened before it. */
  const tellSecret = async (event: LiveEvent): Promise<void> => {
    await writer.settled();
    await tail.look();
    await new Promise(setImmediate);
    unkept.publish(event);
  };

  /** What is there, patiently: the database may be away for a while. */
  const next = async (seq: number, signal: AbortSignal) => {
    try {
      return await tail.next(seq, signal);
    } catch (error) {
      log.warn({ err: error }, 'the event log could not be read for a reader');
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
      return [];
    }
  };

  const read = async (from: number, { signal, reader }: { signal: AbortSignal; reader: EventReader }) => {
    for (let seq = from; !signal.aborted; ) {
      const events = await next(seq, signal);
      if (signal.aborted) return;
      await reader(events);
      seq = events.at(-1)?.seq ?? seq;
    }
  };

  return {
    publish(event) {
      if (isPairingSecret(event)) lastSecret = lastSecret.then(() => tellSecret(event));
      else writer.add({ ...event, messageId: null });
    },
    async locate(lastEventId) {
      if (lastEventId === null) return { seq: await eventLog.last(), isResync: false };
      const seq = await eventLog.seqOf(lastEventId);
      return { seq: seq ?? 0, isResync: seq === null };
    },
    follow({ seq }, reader) {
      const abort = new AbortController();
      const { signal } = abort;
      const unsubscribe = unkept.subscribe((event) => void reader([event]));
      read(seq, { signal, reader }).catch((error: unknown) =>
        log.error({ err: error }, 'a reader of events failed'),
      );
      return () => {
        abort.abort();
        unsubscribe();
      };
    },
  };
}
