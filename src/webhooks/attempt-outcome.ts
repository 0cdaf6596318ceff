import type { EgressFailure } from '../egress/egress-error.ts';

/** Why an attempt failed; callers see these words. */
export type AttemptError =
  | 'address_refused'
  | 'name_unresolved'
  | 'connection_failed'
  | 'tls_failed'
  | 'timeout'
  | 'bad_http'
  /** This server stopped meanwhile. */
  | 'interrupted'
  /** The receiver answered with a status that is not 2xx. */
  | 'status'
  /** The receiver answered with a redirect; none is followed. */
  | 'redirect'
  /** The receiver answered 410. */
  | 'gone'
  /** The event is not kept any more. */
  | 'event_expired';

/** What became of one attempt. */
export type AttemptOutcome =
  | { readonly kind: 'delivered'; readonly statusCode: number }
  | {
      readonly kind: 'failed';
      readonly error: AttemptError;
      readonly statusCode: number | null;
      readonly retryAfterMs: number | null;
      /** How the answer begins. */
      readonly response: string | null;
    };

const ERRORS: Readonly<Record<EgressFailure, AttemptError>> = {
  refused: 'address_refused',
  unresolved: 'name_unresolved',
  connection: 'connection_failed',
  tls: 'tls_failed',
  timeout: 'timeout',
  'too-large': 'bad_http',
  'http-protocol': 'bad_http',
  'too-many-redirects': 'redirect',
  aborted: 'interrupted',
};

/** No answer came. */
export function failedWithout(failure: EgressFailure): AttemptOutcome {
  return failedBecause(ERRORS[failure]);
}

export function failedBecause(error: AttemptError): AttemptOutcome {
  return { kind: 'failed', error, statusCode: null, retryAfterMs: null, response: null };
}

/** An answer came; its status decides, and its body does not. */
export function answeredWith(
  statusCode: number,
  { retryAfterMs, response }: { retryAfterMs: number | null; response: string },
): AttemptOutcome {
  if (statusCode >= 200 && statusCode < 300) return { kind: 'delivered', statusCode };
  const error = statusCode === 410 ? 'gone' : statusCode >= 300 && statusCode < 400 ? 'redirect' : 'status';
  return { kind: 'failed', error, statusCode, retryAfterMs, response };
}
