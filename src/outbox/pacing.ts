import type { PacingFacts, PacingHealth, PacingWarning } from './pacing-facts.ts';
import { gapMs, limitsReached } from './pacing-limits.ts';

/** Why a message waits. */
export type WaitCode =
  | 'rate_limited'
  | 'reachout_locked'
  | 'message_cap'
  | 'cold_paused'
  | 'breaker'
  | 'gap'
  | PacingWarning['code'];

/** `holds`: what waits with it: this message alone, the items of jobs, or everything of the device. */
export type PaceOutcome =
  | { readonly kind: 'send'; readonly warnings: readonly PacingWarning[] }
  | {
      readonly kind: 'wait';
      /** Limits that were reached, also those that do not decide. */
      readonly warnings: readonly PacingWarning[];
      readonly until: Date;
      readonly code: WaitCode;
      readonly holds: 'message' | 'jobs' | 'device';
    };

/**
 * Whether a message may go now. What WhatsApp said always holds, the gap between items of jobs too; caps, ramp and quiet
 * hours hold where the settings enforce them, and are warnings otherwise and for what is urgent.
 */
export function decide(facts: PacingFacts): PaceOutcome {
  const { now, settings, item, health } = facts;
  const wait = { kind: 'wait', warnings: [] } as const;
  if (isAhead(health.ratePausedUntil, now)) {
    return { ...wait, until: health.ratePausedUntil, code: 'rate_limited', holds: 'device' };
  }
  const stop = item.lane === 'cold' ? coldStop(health, now) : null;
  if (stop) return { ...wait, ...stop, holds: 'message' };
  const warnings = limitsReached(facts);
  const limit = settings.enforce && !item.isUrgent ? latest(warnings) : null;
  if (limit) return { ...wait, warnings, until: limit.until, code: limit.code, holds: 'message' };
  const gapEnd = gapEndOf(facts);
  if (isAhead(gapEnd, now)) return { ...wait, until: gapEnd, code: 'gap', holds: 'jobs' };
  return { kind: 'send', warnings };
}

/** The reason that keeps strangers waiting longest; null when they need not wait. */
export function coldStop(
  health: Omit<PacingHealth, 'ratePausedUntil' | 'rampStartedAt'>,
  now: Date,
): { until: Date; code: WaitCode } | null {
  const isOpen = health.breaker === 'open' || health.breaker === 'probing';
  return latest(
    [
      { code: 'reachout_locked' as const, until: health.reachoutUntil },
      { code: 'message_cap' as const, until: health.messageCapUntil },
      { code: 'cold_paused' as const, until: health.coldPausedUntil },
      { code: 'breaker' as const, until: isOpen ? health.breakerUntil : null },
    ].flatMap(({ code, until }) => (isAhead(until, now) ? [{ code, until }] : [])),
  );
}

function gapEndOf({ settings, item, history }: PacingFacts): Date | null {
  const { lastJobItemAt, gapDraw } = history;
  if (!item.isJobItem || !lastJobItemAt) return null;
  return new Date(lastJobItemAt.getTime() + gapMs(settings, item, gapDraw));
}

function isAhead(time: Date | null, now: Date): time is Date {
  return time !== null && time > now;
}

function latest<Limit extends { readonly until: Date }>(limits: readonly Limit[]): Limit | null {
  return limits.reduce<Limit | null>((last, each) => (last && last.until >= each.until ? last : each), null);
}
