import type { PacingSettings } from '../devices/pacing-settings.ts';
import type { BreakerGate } from './breaker.ts';
import type { Lane } from './outbox-message.ts';

/** A message as pacing sees it. */
export interface PacedItem {
  readonly lane: Lane;
  /** Only items of jobs keep a gap. */
  readonly isJobItem: boolean;
  /** Left alone by the limits of the operator's; what WhatsApp said holds for it, too. */
  readonly isUrgent?: boolean;
  /** The gap the job asked for, in ms; null: as the settings have it. */
  readonly delayMs: number | null;
}

/** How many messages went in the last so many minutes. */
export interface WindowCount {
  readonly count: number;
  /** When there will be room for one more below `limit`, if nothing else is sent. */
  roomAt(limit: number): Date;
}

/** What the device has sent. */
export interface PacingHistory {
  readonly lastJobItemAt: Date | null;
  /** Drawn once for each gap, in [0, 1): asking twice must not draw twice. */
  readonly gapDraw: number;
  readonly lastHour: WindowCount;
  readonly lastDay: WindowCount;
  readonly coldLastDay: WindowCount;
}

/** What WhatsApp said to the device; a time in the past is over. */
export interface PacingHealth {
  /** Nothing goes before this (420, 429). */
  readonly ratePausedUntil: Date | null;
  /** Nobody new before any of these: the reach-out lock, a message cap, the pause after a refusal. */
  readonly reachoutUntil: Date | null;
  readonly messageCapUntil: Date | null;
  readonly coldPausedUntil: Date | null;
  readonly breaker: BreakerGate;
  /** When to ask again about a breaker that is not closed. */
  readonly breakerUntil: Date | null;
  readonly rampStartedAt: Date | null;
}

export interface PacingFacts {
  readonly now: Date;
  readonly settings: PacingSettings;
  readonly item: PacedItem;
  readonly history: PacingHistory;
  readonly health: PacingHealth;
}

/** A limit of the operator's that was reached; by default that is all that happens. */
export interface PacingWarning {
  readonly code: 'quiet_hours' | 'hourly_cap' | 'daily_cap' | 'cold_quota';
  /** One sentence for a person. */
  readonly message: string;
  /** When the limit no longer holds, if nothing else is sent. */
  readonly until: Date;
}
