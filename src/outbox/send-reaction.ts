import type { SendError } from './outbox-message.ts';
import { MAX_ATTEMPTS } from './outbox-state.ts';

/** What is known of a message when WhatsApp refused it. */
export interface RefusalContext {
  /** How often sending was begun, this time included. */
  readonly attempts: number;
  /** The error of the attempt before; null for the first. */
  readonly lastError: SendError | null;
  /** Rate refusals of the device in a row, this one left out. */
  readonly rateStrikes: number;
}

/** What to do about a message that did not go. */
export type SendReaction =
  /** Never again; the message ends as failed. */
  | { readonly kind: 'fail'; readonly error: SendError; readonly locked: boolean }
  /** Again under the same id after `delayMs`; `refresh`: ask anew for the recipient's devices before. */
  | { readonly kind: 'retry'; readonly error: SendError; readonly delayMs: number; readonly refresh: boolean }
  /** Again under the same id, and nothing else of the device before that: `delayMs`. */
  | { readonly kind: 'pause'; readonly error: SendError; readonly delayMs: number };

const MINUTE_MS = 60_000;
const FIRST_PAUSE_MS = 5 * MINUTE_MS;
const LONGEST_PAUSE_MS = 2 * 60 * MINUTE_MS;
const FIRST_RETRY_MS = 2_000;

/** The recipient's account does not take messages of this one now: privacy token missing, or reach-out time-lock. */
const REACHOUT_LOCKED = 463;
/** The stanza does not fit the recipient's devices. */
const STALE_DEVICES = 479;

/** The reaction to a refusal (RELIABILITY.md §2.7): the code decides, and how often it was tried. */
export function reactToNack(code: number, context: RefusalContext): SendReaction {
  const error = refusalError(code);
  if (code === STALE_DEVICES) {
    const isSecond = context.lastError?.code === error.code || context.attempts >= MAX_ATTEMPTS;
    return isSecond ? failed(error) : { kind: 'retry', error, delayMs: 0, refresh: true };
  }
  if (code === REACHOUT_LOCKED) return { kind: 'fail', error, locked: true };
  const mayPass = code === 420 || code === 429 || (code >= 500 && code < 600);
  if (!mayPass || context.attempts >= MAX_ATTEMPTS) return failed(error);
  if (code >= 500) return retryLater(error, context.attempts);
  const delayMs = Math.min(FIRST_PAUSE_MS * 2 ** context.rateStrikes, LONGEST_PAUSE_MS);
  return { kind: 'pause', error, delayMs };
}

/** The reaction to a send that failed here, before anything left. */
export function reactToLocalFailure({ attempts }: Pick<RefusalContext, 'attempts'>): SendReaction {
  return attempts >= MAX_ATTEMPTS ? failed(NOT_HANDED_OVER) : retryLater(NOT_HANDED_OVER, attempts);
}

/** WhatsApp's code, in the form in which messages keep it. */
export function refusalError(code: number): SendError {
  return { code: `WA_${code}`, message: `WhatsApp refused the message with code ${code}` };
}

const NOT_HANDED_OVER: SendError = {
  code: 'SEND_FAILED',
  message: 'The message could not be handed to WhatsApp',
};

function failed(error: SendError): SendReaction {
  return { kind: 'fail', error, locked: false };
}

function retryLater(error: SendError, attempts: number): SendReaction {
  return { kind: 'retry', error, delayMs: FIRST_RETRY_MS * 2 ** (attempts - 1), refresh: false };
}
