import type { Schedule } from './schedule.ts';

/** What happened to a schedule, published after it is stored. */
export interface ScheduleEvent {
  /** `sent`: its message is in the outbox. `missed`: a time was left out. */
  readonly change: 'created' | 'edited' | 'sent' | 'missed' | 'cancelled';
  /** As it is now. */
  readonly schedule: Schedule;
}
