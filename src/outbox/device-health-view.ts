import type { SendingHealthView } from '../devices/sending-health.ts';
import { type BreakerGate, breakerGate } from './breaker.ts';
import type { DeviceHealth } from './device-health.ts';
import { coldStop } from './pacing.ts';
import type { PacingHealth } from './pacing-facts.ts';

/** A device's health as pacing looks at it; `awaited`: when the messages to strangers went whose outcome is open. */
export function toPacingHealth(
  health: DeviceHealth,
  { now, awaited, probeEndsAt }: { now: Date; awaited: readonly Date[]; probeEndsAt: Date | null },
): PacingHealth {
  const { reachoutUntil, ratePausedUntil, coldPausedUntil, messageCapUntil, rampStartedAt } = health;
  const gate = breakerGate(health.breaker, { now, awaited });
  return {
    reachoutUntil,
    ratePausedUntil,
    coldPausedUntil,
    messageCapUntil,
    rampStartedAt,
    breaker: gate,
    breakerUntil: gate === 'probing' ? probeEndsAt : health.breaker.openUntil,
  };
}

const SHOWN_BREAKER = { closed: 'closed', open: 'open', probe: 'probing', probing: 'probing' } as const;

/** The same for callers: what is over is not shown. */
export function toHealthView(health: DeviceHealth, now: Date): SendingHealthView {
  const facts = toPacingHealth(health, { now, awaited: [], probeEndsAt: null });
  const ahead = (time: Date | null) => (time && time > now ? time.toISOString() : null);
  const isCapped = ahead(health.messageCapUntil) !== null;
  return {
    coldPausedUntil: ahead(coldStop(facts, now)?.until ?? null),
    rateLimitedUntil: ahead(health.ratePausedUntil),
    reachoutLockedUntil: ahead(health.reachoutUntil),
    messageCap: isCapped ? health.messageCap : 'none',
    breaker: shownBreaker(facts.breaker),
    warnings: health.warnings
      .filter(({ until }) => until > now)
      .map(({ code, message, since, until }) => ({
        code,
        message,
        since: since.toISOString(),
        until: until.toISOString(),
      })),
  };
}

function shownBreaker(gate: BreakerGate): SendingHealthView['breaker'] {
  return SHOWN_BREAKER[gate];
}
