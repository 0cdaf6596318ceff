import { FencedError } from '../shared/errors.ts';
import { createEventBus, type Unsubscribe } from '../shared/event-bus.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { SealBrokenError } from '../shared/sealed-box.ts';
import { AuthStateError, type AuthStateProblem } from './auth-state-error.ts';
import { AuthValueError } from './auth-value-codec.ts';

/** Why an open auth state can no longer be used; the words of the socket's `auth-failure` event. */
export type AuthFailure = Exclude<AuthStateProblem, 'missing'> | 'store-unavailable';

/** The first failure of an open auth state is its last: afterwards nothing reads or writes it any more. */
export interface FailureLatch {
  /** Runs `work`; when it fails, the listeners hear of it before the promise rejects with an AuthStateError. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Refuses all further work without telling the listeners: the owner itself is done with this state. */
  retire(): void;
  onFailure(listener: (failure: AuthFailure) => void): Unsubscribe;
}

/**
 * The library reads a store error as a message that cannot be decrypted, and would tell the server to forget the
 * message. Hence the order: the listener closes the socket, then the library gets its error.
 */
export function createFailureLatch({ deviceId, log }: { deviceId: DeviceId; log: Logger }): FailureLatch {
  const bus = createEventBus<AuthFailure>((error) =>
    log.error({ deviceId, error }, 'auth failure listener threw'),
  );
  let failure: AuthFailure | null = null;
  let refusal: AuthStateError | null = null;

  const latch = (cause: unknown): AuthStateError => {
    if (refusal) return refusal;
    failure = failureOf(cause);
    refusal = new AuthStateError(failure === 'store-unavailable' ? 'unreadable' : failure, WORDS[failure], {
      cause,
    });
    log.error({ deviceId, failure, error: cause }, 'auth state failed');
    bus.publish(failure);
    return refusal;
  };

  return {
    async guard(work) {
      if (refusal) throw refusal;
      try {
        return await work();
      } catch (error) {
        throw latch(error);
      }
    },
    retire() {
      refusal ??= new AuthStateError('fenced', 'the auth state was opened anew or erased');
    },
    onFailure(listener) {
      if (failure) listener(failure);
      return bus.subscribe(listener);
    },
  };
}

/** What an error of the store or of a row means for the device. */
export function failureOf(error: unknown): AuthFailure {
  if (error instanceof FencedError) return 'fenced';
  if (error instanceof SealBrokenError) return error.problem === 'refused' ? 'undecryptable' : 'unreadable';
  return error instanceof AuthValueError ? 'unreadable' : 'store-unavailable';
}

const WORDS: Record<AuthFailure, string> = {
  fenced: 'another process owns the device now',
  unreadable: 'a stored row of the session is damaged',
  undecryptable: 'a stored row of the session does not open with its key',
  'store-unavailable': 'the database did not answer in time',
};
