import { DateTime } from 'luxon';
import type { Clock } from '../shared/clock.ts';

/** Days as people in one time zone count them; a day with a change of clocks has 23 or 25 hours. */
export interface LocalDays {
  /** `YYYY-MM-DD`. */
  today(): string;
  /** From its first moment to the first one of the next. `date` is a real day as `YYYY-MM-DD`. */
  of(date: string): { readonly from: Date; readonly to: Date };
}

export function createLocalDays({ clock, timezone }: { clock: Clock; timezone: string }): LocalDays {
  return {
    today: () => DateTime.fromJSDate(clock.now(), { zone: timezone }).toFormat('yyyy-MM-dd'),
    of(date) {
      const start = DateTime.fromISO(date, { zone: timezone }).startOf('day');
      return { from: start.toJSDate(), to: start.plus({ days: 1 }).startOf('day').toJSDate() };
    },
  };
}
