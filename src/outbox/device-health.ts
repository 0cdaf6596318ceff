import type { MessageCap, MessageCapLevel, ReachoutLock } from '../whatsapp/account-restriction.ts';
import type { Jid } from '../whatsapp/jid.ts';
import { type Breaker, CLOSED_BREAKER } from './breaker.ts';

/** Something the operator of a device should know, for as long as it holds. */
export interface HealthWarning {
  readonly code: string;
  readonly message: string;
  readonly since: Date;
  readonly until: Date;
}

/** What WhatsApp told a device about its sending, and how far its ramp is. A time in the past is over. */
export interface DeviceHealth {
  /** The account all this was said to; null until the first connection. */
  readonly account: Jid | null;
  /** The end of the reach-out time-lock. */
  readonly reachoutUntil: Date | null;
  /** Nothing goes before this (420, 429). */
  readonly ratePausedUntil: Date | null;
  /** The pause after a refusal (463) for which WhatsApp named no end, and how many of them came in a row. */
  readonly coldPausedUntil: Date | null;
  readonly coldStrikes: number;
  readonly messageCap: MessageCapLevel;
  readonly messageCapUntil: Date | null;
  readonly breaker: Breaker;
  readonly warnings: readonly HealthWarning[];
  /** The first day of the ramp; null until the first stranger. Later than now after a restriction: it begins anew then. */
  readonly rampStartedAt: Date | null;
}

/** Of a device that never had trouble. */
export const UNTOUCHED: DeviceHealth = {
  account: null,
  reachoutUntil: null,
  ratePausedUntil: null,
  coldPausedUntil: null,
  coldStrikes: 0,
  messageCap: 'none',
  messageCapUntil: null,
  breaker: CLOSED_BREAKER,
  warnings: [],
  rampStartedAt: null,
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** After a refusal of a stranger (463) strangers rest: at first as long as configured, twice as long each time, at most a day. */
export function afterColdRefusal(
  health: DeviceHealth,
  { now, pauseMinutes }: { now: Date; pauseMinutes: number },
): DeviceHealth {
  const { coldPausedUntil } = health;
  // Refusals of messages that were on their way already are the same refusal.
  if (coldPausedUntil && coldPausedUntil > now) return health;
  const isNews = !coldPausedUntil || now.getTime() - coldPausedUntil.getTime() > DAY_MS;
  const strikes = isNews ? 0 : health.coldStrikes;
  const pauseMs = Math.min(pauseMinutes * MINUTE_MS * 2 ** strikes, DAY_MS);
  const until = new Date(now.getTime() + pauseMs);
  return { ...restricted(health, until), coldPausedUntil: until, coldStrikes: strikes + 1 };
}

/** WhatsApp named the end of its time-lock (which takes the place of a pause of ours), or said that there is none. */
export function afterReachoutLock(health: DeviceHealth, { until }: ReachoutLock): DeviceHealth {
  if (!until) return { ...health, reachoutUntil: null };
  return { ...restricted(health, until), reachoutUntil: until, coldPausedUntil: null };
}

/** WhatsApp warned of its cap on new chats, or took the warning back. `until`: the end of its cycle, where it said one. */
export function afterMessageCap(health: DeviceHealth, { level, until }: MessageCap, now: Date): DeviceHealth {
  if (level === 'none') return { ...health, messageCap: level, messageCapUntil: null };
  const end = until && until > now ? until : new Date(now.getTime() + DAY_MS);
  return { ...restricted(health, end), messageCap: level, messageCapUntil: end };
}

/** Health belongs to an account: another one under the same device starts from nothing. */
export function forAccount(health: DeviceHealth, account: Jid): DeviceHealth {
  if (health.account === account) return health;
  return { ...(health.account === null ? health : UNTOUCHED), account };
}

/** How much later a warning must end than it says already to be written again. */
const WORTH_A_WRITE_MS = 10 * MINUTE_MS;

/** With one more warning; the same health when that says nothing new. Warnings that are over are dropped. */
export function withWarning(health: DeviceHealth, { since, ...warning }: HealthWarning): DeviceHealth {
  const current = health.warnings.filter(({ until }) => until > since);
  const same = current.find(({ code }) => code === warning.code);
  if (same && warning.until.getTime() - same.until.getTime() < WORTH_A_WRITE_MS) return health;
  const others = current.filter(({ code }) => code !== warning.code);
  return { ...health, warnings: [...others, { ...warning, since: same?.since ?? since }] };
}

/** The ramp begins anew when the restriction ends. */
function restricted(health: DeviceHealth, until: Date): DeviceHealth {
  const { rampStartedAt } = health;
  return { ...health, rampStartedAt: rampStartedAt && rampStartedAt > until ? rampStartedAt : until };
}
