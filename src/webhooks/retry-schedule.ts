import type { Random } from '../shared/random.ts';

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** How long to wait after the first, second, … failed attempt, in ms. A receiver that restarts has its events in seconds. */
const WAITS_MS = [
  SECOND,
  5 * SECOND,
  30 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
] as const;

/** Attempts of a delivery until it is given up; a redelivery by hand begins another row of them. */
export const ATTEMPTS = WAITS_MS.length + 1;

/** Who answers, with an error, is up and may be overloaded: not sooner than this. */
const SHORTEST_AFTER_ANSWER_MS = 5 * SECOND;
const LONGEST_RETRY_AFTER_MS = 10 * HOUR;
/** Added at random, so that what failed together does not come back together. */
const JITTER = 0.2;

export interface FailedAttempt {
  /** Its number, from 1. */
  readonly number: number;
  /** Whether there was an answer at all. */
  readonly answered: boolean;
  /** What the receiver asked for, in ms. */
  readonly retryAfterMs: number | null;
}

/** Milliseconds until the next attempt; null when the delivery is given up. */
export function waitAfter(
  { number, answered, retryAfterMs }: FailedAttempt,
  random: Pick<Random, 'next'>,
): number | null {
  const wait = WAITS_MS[(number - 1) % ATTEMPTS];
  if (wait === undefined) return null;
  const asked = Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
  const least = Math.max(wait, asked, answered ? SHORTEST_AFTER_ANSWER_MS : 0);
  return Math.round(least * (1 + JITTER * random.next()));
}

/** What a `Retry-After` header asks for, in ms: seconds, or a date. Null for anything else. */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND;
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
