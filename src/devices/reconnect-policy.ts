import { assertNever } from '../shared/exhaustive.ts';
import type { Random } from '../shared/random.ts';
import { type Disconnect, type Reaction, translateDisconnect } from '../whatsapp/disconnect.ts';
import type { DeviceCause } from './device.ts';
import { type CauseCode, deviceCause, failingCause } from './device-cause.ts';
import type { RestingStatus } from './device-state.ts';

/** How one attempt to be connected ended. */
export type AttemptEnd =
  | { readonly kind: 'closed'; readonly disconnect: Disconnect }
  /** Open, but WhatsApp answered nothing any more; we closed it. */
  | { readonly kind: 'deaf' }
  | { readonly kind: 'owned-elsewhere' }
  /** The store or our own code failed; it may pass. */
  | { readonly kind: 'hindered'; readonly cause: CauseCode; readonly source: DeviceCause['source'] }
  /** Nothing but a person helps. */
  | { readonly kind: 'blocked'; readonly cause: CauseCode; readonly source: DeviceCause['source'] };

/** What was true when the attempt ended. */
export interface EndFacts {
  readonly now: Date;
  /** Monotonic ms. */
  readonly at: number;
  /** Time since the dial, ms. */
  readonly livedMs: number;
  /** Time since the open; null when it never opened. */
  readonly openForMs: number | null;
  readonly linked: boolean;
  /** WhatsApp has let us in with the stored session before. */
  readonly hasLoggedIn: boolean;
  readonly ownsLease: boolean;
}

/** What earlier attempts leave behind; forgotten once a connection has lasted. */
export interface FailureHistory {
  /** Failures in a row. */
  readonly failures: number;
  /** Monotonic ms of the 515s and 440s that still count. */
  readonly restarts: readonly number[];
  readonly replacements: readonly number[];
  readonly quickCloses: number;
  readonly refusals: number;
  readonly versionRefreshed: boolean;
}

export const NO_FAILURES: FailureHistory = {
  failures: 0,
  restarts: [],
  replacements: [],
  quickCloses: 0,
  refusals: 0,
  versionRefreshed: false,
};

/** What the connection does next. */
export type NextStep =
  | { readonly kind: 'dial-now' }
  | { readonly kind: 'dial-after'; readonly delayMs: number; readonly shownAs: 'reconnecting' | 'error' }
  /** Forget the stored session, then pair again. */
  | { readonly kind: 'pair-anew'; readonly delayMs: number }
  | { readonly kind: 'refresh-version' }
  | { readonly kind: 'yield' }
  | { readonly kind: 'rest'; readonly status: RestingStatus; readonly session: 'keep' | 'entomb' };

export interface Verdict {
  readonly cause: DeviceCause;
  readonly step: NextStep;
  readonly history: FailureHistory;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A connection that lasted this long proves that things are well; a mere login does not. */
const PROVEN_AFTER_MS = 5 * MINUTE_MS;
const BACKOFF_BASE_MS = SECOND_MS;
const BACKOFF_CAP_MS = 5 * MINUTE_MS;
/** After this many failures in a row we ask rarely. */
const PARK_AFTER = 20;
const FIRST_PARK_MS = 15 * MINUTE_MS;
const NEXT_PARK_MS = 60 * MINUTE_MS;
/** Our own database comes back within a minute as a rule, so being hindered never counts further than half of one. */
const HINDERED_FAILURES = 4;

/** The whole policy of reconnecting (RELIABILITY.md §2.6): pure, so that every row can be tested as a table. */
export function judgeEnd(
  end: AttemptEnd,
  { history, facts, random }: { history: FailureHistory; facts: EndFacts; random: Random },
): Verdict {
  const past = remember(history, { end, facts });
  switch (end.kind) {
    case 'closed':
      return judgeDisconnect(end.disconnect, { past, facts, random });
    case 'deaf':
      return retryVerdict({ code: 'deaf_socket', source: 'local', notBeforeMs: 0 }, { past, facts, random });
    case 'hindered':
      return retryVerdict(
        { code: end.cause, source: end.source, notBeforeMs: 0 },
        { past: { ...past, failures: Math.min(past.failures, HINDERED_FAILURES) }, facts, random },
      );
    case 'owned-elsewhere':
      return {
        cause: deviceCause('owned_elsewhere', 'cluster'),
        step: { kind: 'yield' },
        history: NO_FAILURES,
      };
    case 'blocked':
      return {
        cause: deviceCause(end.cause, end.source),
        step: { kind: 'rest', status: 'error', session: 'keep' },
        history: past,
      };
    default:
      return assertNever(end);
  }
}

interface Judging {
  readonly past: FailureHistory;
  readonly facts: EndFacts;
  readonly random: Random;
}

function judgeDisconnect(disconnect: Disconnect, judging: Judging): Verdict {
  const { past, facts } = judging;
  const { cause, reaction } = translateDisconnect(disconnect, {
    now: facts.now,
    linked: facts.linked,
    hasLoggedIn: facts.hasLoggedIn,
    ownsLease: facts.ownsLease,
    recentRestarts: past.restarts.length,
    recentReplacements: past.replacements.length,
    quickCloses: past.quickCloses,
    refusals: past.refusals,
    versionRefreshed: past.versionRefreshed,
  });
  return perform(reaction, { code: cause, source: disconnect.source }, judging);
}

type Origin = { readonly code: CauseCode; readonly source: DeviceCause['source'] };

function perform(reaction: Reaction, { code, source }: Origin, judging: Judging): Verdict {
  const { past, facts, random } = judging;
  switch (reaction.kind) {
    case 'restart-now':
      return { cause: deviceCause(code, source, facts.now), step: { kind: 'dial-now' }, history: past };
    case 'retry':
      return retryVerdict({ code, source, notBeforeMs: reaction.notBeforeMs }, judging);
    case 'pair-anew': {
      const verdict = retryVerdict({ code, source, notBeforeMs: 0 }, judging);
      const { step } = verdict;
      if (step.kind !== 'dial-after') return verdict;
      return { ...verdict, step: { kind: 'pair-anew', delayMs: step.delayMs } };
    }
    case 'wait-until': {
      const left = Math.max(reaction.at.getTime() - facts.now.getTime(), 0);
      const delayMs = left + jitter(left, random);
      const cause = deviceCause(code, source, new Date(facts.now.getTime() + delayMs));
      return { cause, step: { kind: 'dial-after', delayMs, shownAs: 'error' }, history: past };
    }
    case 'refresh-version':
      return {
        cause: deviceCause(code, source, facts.now),
        step: { kind: 'refresh-version' },
        history: { ...past, versionRefreshed: true },
      };
    case 'yield':
      return { cause: deviceCause(code, 'cluster'), step: { kind: 'yield' }, history: NO_FAILURES };
    case 'stop':
      return {
        // However the wire put it: a logout we asked for is the operator's doing.
        cause: deviceCause(code, code === 'logout_requested' ? 'operator' : source),
        step: { kind: 'rest', status: reaction.status, session: reaction.session },
        history: NO_FAILURES,
      };
    default:
      return assertNever(reaction);
  }
}

/** Full jitter over 1 s · 2ⁿ, never before `notBeforeMs`; parked after twenty failures in a row. */
function retryVerdict(origin: Origin & { notBeforeMs: number }, { past, facts, random }: Judging): Verdict {
  const failures = past.failures + 1;
  const history = { ...past, failures };
  const { code, source, notBeforeMs } = origin;
  if (failures < PARK_AFTER) {
    const window = Math.min(BACKOFF_BASE_MS * 2 ** (failures - 1), BACKOFF_CAP_MS);
    const delayMs = Math.max(random.next() * window, notBeforeMs + jitter(notBeforeMs, random));
    const cause = deviceCause(code, source, new Date(facts.now.getTime() + delayMs));
    return { cause, step: { kind: 'dial-after', delayMs, shownAs: 'reconnecting' }, history };
  }
  if (!facts.linked) {
    const step = { kind: 'rest', status: 'error', session: 'keep' } as const;
    return { cause: deviceCause(code, source), step, history: NO_FAILURES };
  }
  const parkMs = failures === PARK_AFTER ? FIRST_PARK_MS : NEXT_PARK_MS;
  const delayMs = Math.max(parkMs, notBeforeMs) + jitter(parkMs, random);
  const retryAt = new Date(facts.now.getTime() + delayMs);
  const cause =
    source === 'failure' || source === 'stream' || source === 'upgrade' || source === 'local'
      ? failingCause(code, source, retryAt)
      : deviceCause(code, source, retryAt);
  return { cause, step: { kind: 'dial-after', delayMs, shownAs: 'reconnecting' }, history };
}

/** Up to a tenth more, at most a minute, so that a fleet with one penalty does not come back as one. */
function jitter(ms: number, random: Random): number {
  return random.next() * Math.min(ms / 10, MINUTE_MS);
}

/** The history with the end at hand counted in, and what is too old or overcome left out. */
function remember(
  history: FailureHistory,
  { end, facts }: { end: AttemptEnd; facts: EndFacts },
): FailureHistory {
  const proven = facts.openForMs !== null && facts.openForMs >= PROVEN_AFTER_MS;
  const past = proven ? { ...NO_FAILURES, replacements: history.replacements } : history;
  const disconnect = end.kind === 'closed' ? end.disconnect : null;
  const code = disconnect?.source === 'stream' || disconnect?.source === 'failure' ? disconnect.code : null;
  const recent = (times: readonly number[], counts: boolean, windowMs: number) => {
    const young = times.filter((time) => facts.at - time < windowMs);
    return counts ? [...young, facts.at] : young;
  };
  return {
    ...past,
    restarts: recent(past.restarts, code === 515, MINUTE_MS),
    replacements: recent(past.replacements, code === 440, 10 * MINUTE_MS),
    quickCloses: isQuickClose(disconnect, facts) ? past.quickCloses + 1 : 0,
    refusals: disconnect?.source === 'failure' && REFUSAL_CODES.has(disconnect.code) ? past.refusals + 1 : 0,
  };
}

/** The `protocol_error` row of the table. */
const REFUSAL_CODES = new Set([400, 409, 413, 414, 415, 418, 501]);

function isQuickClose(disconnect: Disconnect | null, facts: EndFacts): boolean {
  if (disconnect?.source !== 'local' || disconnect.code !== 428) return false;
  if (facts.openForMs !== null) return facts.openForMs < 5 * SECOND_MS;
  return !facts.linked && facts.livedMs < SECOND_MS;
}
