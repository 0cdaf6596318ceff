import type { Statement } from '../database/database.ts';
import type { Unsubscribe } from '../shared/event-bus.ts';
import type { LiveEvent } from './live-event.ts';

/** An event to be kept. Its id is public: what a stream resumes from, and the `webhook-id` of its deliveries. */
export interface NewEvent extends LiveEvent {
  /** The row of received_message the event is about; it is logged only if that row is there. */
  readonly messageId: string | null;
}

export interface LoggedEvent extends NewEvent {
  /** Grows in the order of commits, over all processes; numbers may be left out. */
  readonly seq: number;
}

/**
 * What happened, kept for a while, in the order of commits: whoever remembers how far it read misses nothing and sees nothing
 * twice. No message body is in it. Methods throw what Database throws.
 */
export interface EventLog {
  /**
   * Statements that add the events in the caller's transaction, of which they must be the last. Call `announce` after the
   * commit. An event about a received message is added only if the message's row is there, so that a batch with duplicates
   * tells of each message once.
   */
  statements(events: readonly NewEvent[]): Statement[];
  /** There is something new: readers of this process look at once; those of others find it within a second. */
  announce(): void;
  /** Calls `listener` after each `announce` of this process. */
  onAnnounced(listener: () => void): Unsubscribe;
  /** Adds the events, together, in a transaction shared with others; tries for as long as the database is away. */
  append(events: readonly NewEvent[]): Promise<void>;
  /**
   * The events after this one, in order, at most `limit`. Those of type message have the message as `data.message`, read now:
   * its text may have been erased since, and null stands for a message that is gone.
   */
  after(seq: number, limit: number): Promise<LoggedEvent[]>;
  /** Where an event is; null when it is not kept any more, or never was. */
  seqOf(eventId: string): Promise<number | null>;
  /** Where the log ends; 0 when there never was an event. */
  last(): Promise<number>;
}
