import type { LocalTime } from './local-time.ts';
import { nextLocalTime, type Recurrence } from './recurrence.ts';
import { localTimeAt, resolveLocalTime } from './zone.ts';

/** One time at which a schedule is due. */
export interface Occurrence {
  /** What the rule says the clock shows; in the gap of a clock that is set forward it never does. */
  readonly localTime: LocalTime;
  readonly runAt: Date;
}

/**
 * The first occurrence strictly after the moment `after`. A time in the gap of a clock change comes at the first moment
 * after the gap; a time that comes twice counts the first time. Each moment counts once, however many times fall on it.
 */
export function nextOccurrence(recurrence: Recurrence, timezone: string, after: Date): Occurrence | null {
  let localTime = nextLocalTime(recurrence, localTimeAt(after, timezone));
  while (localTime !== null) {
    const resolved = resolveLocalTime(localTime, timezone);
    const runAt = resolved.kind === 'gap' ? resolved.firstAfter : resolved.at;
    if (runAt > after) return { localTime, runAt };
    localTime = nextLocalTime(recurrence, localTime);
  }
  return null;
}
