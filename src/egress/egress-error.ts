/** Why nothing came back from outside. */
export type EgressFailure =
  /** Our rules forbid the address; nothing was connected to. */
  | 'refused'
  /** The name has no address. */
  | 'unresolved'
  | 'connection'
  | 'tls'
  | 'timeout'
  | 'too-large'
  /** What answered does not speak HTTP, or breaks off. */
  | 'http-protocol'
  | 'too-many-redirects'
  /** The caller gave up. */
  | 'aborted';

const SENTENCES: Record<EgressFailure, string> = {
  refused: 'The address is not allowed',
  unresolved: 'The host name could not be resolved',
  connection: 'The connection failed',
  tls: 'The certificate or the encryption of the other side was not accepted',
  timeout: 'The other side did not answer in time',
  'too-large': 'The answer is larger than allowed',
  'http-protocol': 'The answer is not valid HTTP',
  'too-many-redirects': 'There were too many redirects',
  aborted: 'The request was given up',
};

/**
 * A request to the outside failed. The message and `failure` may be shown to whoever named the URL: they hold no address,
 * port or certificate. `cause` may hold them and is for our own log.
 */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly failure: EgressFailure;
  /** The status of the answer, where its head had come before the failure. */
  readonly status: number | null;

  constructor(failure: EgressFailure, options: ErrorOptions & { status?: number } = {}) {
    super(SENTENCES[failure], options);
    this.failure = failure;
    this.status = options.status ?? null;
  }
}
