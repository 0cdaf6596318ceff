import { namesItsTime, type Rhythm, toRule } from './rhythm.ts';

/** When something comes, as it is filled in. */
export interface TimeDraft {
  /** YYYY-MM-DD and HH:mm, on the clocks of the zone. */
  readonly date: string;
  readonly time: string;
  readonly zone: string;
  readonly rhythm: Rhythm;
}

/** The same as the API takes it. */
export interface TimeOrder {
  readonly scheduleTime?: string;
  readonly timezone: string;
  readonly recurrence?: string;
}

/** Null while too little is filled in. */
export function timeOrder({ date, time, zone, rhythm }: TimeDraft): TimeOrder | null {
  const rule = toRule(rhythm);
  if (rule === '' || zone === '') return null;
  const hasTime = date !== '' && time !== '';
  if (!hasTime && !namesItsTime(rule)) return null;
  return {
    timezone: zone,
    ...(hasTime && { scheduleTime: `${date} ${time}:00` }),
    ...(rule !== null && { recurrence: rule }),
  };
}
