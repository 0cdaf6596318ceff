import type { BreakerSettings } from '../devices/pacing-settings.ts';

/** What became of the last messages to strangers, and whether more may go. */
export interface Breaker {
  /** Oldest first; true: delivered. */
  readonly outcomes: readonly boolean[];
  /** Nobody new before this; from then on one at a time, until one is delivered. Null: closed. */
  readonly openUntil: Date | null;
}

/** The end of a message to a stranger. */
export interface ColdOutcome {
  readonly delivered: boolean;
  readonly sentAt: Date;
}

export const CLOSED_BREAKER: Breaker = { outcomes: [], openUntil: null };

/** `probe`: one message may go to find out. `probing`: it went, and its outcome is awaited. */
export type BreakerGate = 'closed' | 'open' | 'probe' | 'probing';

/** Whether a message to a stranger may go; `awaited` are the times of those whose outcome is not known yet. */
export function breakerGate(
  { openUntil }: Breaker,
  { now, awaited }: { now: Date; awaited: readonly Date[] },
): BreakerGate {
  if (openUntil === null) return 'closed';
  if (now < openUntil) return 'open';
  return awaited.some((sentAt) => sentAt >= openUntil) ? 'probing' : 'probe';
}

/** The breaker after one more outcome. Only what was sent after the cooldown closes an open one, or opens it again. */
export function afterOutcome(
  breaker: Breaker,
  { delivered, sentAt }: ColdOutcome,
  { settings, now }: { settings: BreakerSettings; now: Date },
): Breaker {
  const { openUntil } = breaker;
  const reopened = new Date(now.getTime() + settings.cooldownMinutes * 60_000);
  if (openUntil !== null) {
    if (sentAt < openUntil) return breaker;
    return delivered ? CLOSED_BREAKER : { ...breaker, openUntil: reopened };
  }
  const outcomes = [...breaker.outcomes, delivered].slice(-settings.window);
  return { outcomes, openUntil: isTooBad(outcomes, settings) ? reopened : null };
}

function isTooBad(outcomes: readonly boolean[], settings: BreakerSettings): boolean {
  if (outcomes.length < settings.minOutcomes) return false;
  return outcomes.filter(Boolean).length / outcomes.length < settings.minDeliveredShare;
}
