import { assertNever } from '../shared/exhaustive.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { Device, DeviceCause } from './device.ts';

/** What is shown while pairing, until `expiresAt`. */
export type Challenge =
  | { readonly kind: 'qr'; readonly qr: string; readonly expiresAt: Date }
  | { readonly kind: 'pairing-code'; readonly code: string; readonly expiresAt: Date };

/** Each state carries exactly what is true in it: a connected device has no QR code to show. */
export type DeviceState =
  | { readonly status: 'created' }
  /** A socket is being opened; `cause` says why the one before it ended. */
  | { readonly status: 'connecting'; readonly attempt: number; readonly cause: DeviceCause | null }
  | { readonly status: 'pairing'; readonly challenge: Challenge; readonly attempt: number }
  | {
      readonly status: 'connected';
      readonly jid: Jid;
      readonly lid: Jid | null;
      readonly since: Date;
      /** History sync after pairing, 0 to 100; null when none runs. */
      readonly syncPercent: number | null;
    }
  /** No socket; the next attempt is due at `cause.retryAt`. */
  | { readonly status: 'reconnecting'; readonly attempt: number; readonly cause: DeviceCause }
  /** Stopped on purpose, the challenge ran out, or another process owns the device. */
  | { readonly status: 'disconnected'; readonly cause: DeviceCause | null }
  | { readonly status: 'logged_out'; readonly cause: DeviceCause }
  /** Pairing was cancelled and the session wiped. */
  | { readonly status: 'cancelled'; readonly cause: DeviceCause }
  /** Waits for a person, or for the end of a penalty (`cause.retryAt`). */
  | { readonly status: 'error'; readonly attempt: number; readonly cause: DeviceCause };

/** Where a device can come to rest; the same words as its states. */
export type RestingStatus = 'disconnected' | 'logged_out' | 'cancelled' | 'error';

export type StateEvent =
  /** A socket is being opened. */
  | { readonly type: 'dial' }
  | { readonly type: 'challenge'; readonly challenge: Challenge }
  | { readonly type: 'opened'; readonly jid: Jid; readonly lid: Jid | null; readonly at: Date }
  | { readonly type: 'sync'; readonly percent: number }
  /** The protocol asked for a new socket at once (515): nothing failed. */
  | { readonly type: 'restarting'; readonly cause: DeviceCause }
  /** The socket is gone and `cause.retryAt` is when we try again. */
  | { readonly type: 'lost'; readonly cause: DeviceCause }
  /** A penalty with a known end. */
  | { readonly type: 'suspended'; readonly cause: DeviceCause }
  /** Nothing will happen by itself any more. */
  | { readonly type: 'rested'; readonly status: RestingStatus; readonly cause: DeviceCause };

/** The whole life of a device as a pure function; DeviceConnection performs what the new state asks for. */
export function nextState(state: DeviceState, event: StateEvent): DeviceState {
  switch (event.type) {
    case 'dial':
      // Somebody started it anew: what ended the time before is no longer the reason for anything.
      if (isResting(state)) return { status: 'connecting', attempt: 1, cause: null };
      return { status: 'connecting', attempt: attemptsOf(state) + 1, cause: causeOf(state) };
    case 'challenge':
      if (state.status !== 'connecting' && state.status !== 'pairing') return state;
      return { status: 'pairing', challenge: event.challenge, attempt: state.attempt };
    case 'opened':
      if (!hasSocket(state)) return state;
      return { status: 'connected', jid: event.jid, lid: event.lid, since: event.at, syncPercent: null };
    case 'sync':
      return state.status === 'connected' ? { ...state, syncPercent: event.percent } : state;
    case 'restarting':
      return hasSocket(state) ? { status: 'connecting', attempt: 0, cause: event.cause } : state;
    case 'lost':
      if (isResting(state)) return state;
      return { status: 'reconnecting', attempt: attemptsOf(state), cause: event.cause };
    case 'suspended':
      return { status: 'error', attempt: attemptsOf(state), cause: event.cause };
    case 'rested':
      return rest(event.status, event.cause, attemptsOf(state));
    default:
      return assertNever(event);
  }
}

/** Where a device stands when nobody has touched it since the process started: no socket, nothing planned. */
export function stateFromRow({
  lastStatus,
  lastCause,
}: Pick<Device, 'lastStatus' | 'lastCause'>): DeviceState {
  const cause = lastCause && { ...lastCause, retryAt: null };
  switch (lastStatus) {
    case 'created':
      return { status: 'created' };
    case 'logged_out':
    case 'cancelled':
    case 'error':
      return cause ? rest(lastStatus, cause, 0) : { status: 'disconnected', cause };
    default:
      return { status: 'disconnected', cause };
  }
}

/** How many attempts this outage has taken; a connected device has none behind it. */
export function attemptsOf(state: DeviceState): number {
  return 'attempt' in state ? state.attempt : 0;
}

/** Why the device is not well; null when it is. */
export function causeOf(state: DeviceState): DeviceCause | null {
  return 'cause' in state ? state.cause : null;
}

/** A socket exists: it is being opened, pairs, or works. */
export function hasSocket(state: DeviceState): boolean {
  return state.status === 'connecting' || state.status === 'pairing' || state.status === 'connected';
}

/** Nothing is planned: only a person, or another process letting go, starts the device again. */
export function isResting(state: DeviceState): boolean {
  return !hasSocket(state) && causeOf(state)?.retryAt == null;
}

/** The QR or pairing code that is valid at `now`; null when there is none to show. */
export function challengeAt(state: DeviceState, now: Date): Challenge | null {
  if (state.status !== 'pairing') return null;
  return state.challenge.expiresAt > now ? state.challenge : null;
}

function rest(status: RestingStatus, cause: DeviceCause, attempt: number): DeviceState {
  return status === 'error' ? { status, attempt, cause } : { status, cause };
}
