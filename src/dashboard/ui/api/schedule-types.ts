/** The shapes of schedules as the pages read them; test/unit/dashboard/sending-types.test.ts compares them with the server's. */
export type ScheduleStatus = 'active' | 'done' | 'cancelled' | 'missed';
export type MissedPolicy = 'send' | 'skip';

export interface Schedule {
  readonly scheduleId: string;
  readonly deviceId: string;
  readonly to: string;
  readonly kind: string;
  readonly message: string;
  readonly status: ScheduleStatus;
  readonly runAt: string;
  /** The same on the clocks of `timezone`: `2026-12-31 09:00:00`. */
  readonly scheduleTime: string;
  readonly timezone: string;
  readonly recurrence: string | null;
  readonly missedPolicy: MissedPolicy;
  readonly messageId: string | null;
  readonly lastRunAt: string | null;
  readonly runs: number;
}

export interface SchedulePreview {
  readonly timezone: string;
  readonly runs: readonly { readonly runAt: string; readonly scheduleTime: string }[];
}
