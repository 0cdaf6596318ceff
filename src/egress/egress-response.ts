import { errors } from 'undici';
import type { Deadline } from './deadline.ts';
import { EgressError, type EgressFailure } from './egress-error.ts';

interface BodyLimits {
  readonly status: number;
  /** Throws EgressError too-large beyond it, without reading on. */
  readonly maxBytes: number;
  readonly deadline: Deadline;
}

/** The bytes as they came: nothing is decompressed, so a small answer stays small. */
export async function* readBody(
  body: AsyncIterable<Uint8Array>,
  { status, maxBytes, deadline }: BodyLimits,
): AsyncGenerator<Uint8Array, void> {
  let seen = 0;
  try {
    for await (const chunk of body) {
      seen += chunk.length;
      if (seen > maxBytes) throw new EgressError('too-large', { status });
      yield chunk;
    }
  } catch (error) {
    throw asEgressError(error, { deadline, status });
  }
}

/** The failure behind what the library threw; mistakes of our own in the request are passed on as they are. */
export function asEgressError(
  error: unknown,
  { deadline, status }: { deadline: Deadline; status?: number },
): unknown {
  const cause = deadline.signal.aborted ? deadline.signal.reason : error;
  if (cause instanceof errors.InvalidArgumentError) return cause;
  if (cause instanceof EgressError && status === undefined) return cause;
  const failure = cause instanceof EgressError ? cause.failure : failureOf(cause);
  return new EgressError(failure, { cause, ...(status !== undefined && { status }) });
}

function failureOf(error: unknown): EgressFailure {
  if (error instanceof errors.HeadersOverflowError) return 'too-large';
  const isBadHttp =
    error instanceof errors.HTTPParserError || error instanceof errors.ResponseContentLengthMismatchError;
  return isBadHttp ? 'http-protocol' : 'connection';
}
