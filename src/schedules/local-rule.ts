import type { LocalTime } from './local-time.ts';

/** Times on the wall clock, without a zone. */
export interface LocalRule {
  /** The next time strictly after; null when there is none for a long time. */
  next(after: LocalTime): LocalTime | null;
}

/** A rule that cannot be read or followed; the message tells the caller which part. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';
}
