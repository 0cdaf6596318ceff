import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors.ts';
import type { AccessSession } from './access.ts';

/** Requests that change nothing; whoever makes a browser send one cannot read the answer. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request is meant to change something. */
export function isMutation({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return !SAFE.has(method);
}

/**
 * Throws CSRF_REFUSED unless a request by cookie comes from our own pages: browsers send cookies whoever asks. A change
 * needs the origin and the token; a WebSocket, which another site could open and read, the origin.
 */
export function refuseForgery(request: FastifyRequest, { csrfToken }: AccessSession): void {
  const isSocket = request.headers.upgrade !== undefined;
  if (!isMutation(request) && !isSocket) return;
  refuseForeignOrigin(request, { isNeeded: true });
  if (isMutation(request) && !isEqual(request.headers['x-csrf-token'], csrfToken)) {
    throw new AppError('CSRF_REFUSED', { reason: 'X-CSRF-Token is not the token of this session' });
  }
}

/** Throws CSRF_REFUSED for a request that another site made a browser send; one that names no site passes if it may. */
export function refuseForeignOrigin(
  request: FastifyRequest,
  { isNeeded }: { readonly isNeeded: boolean },
): void {
  const named = request.headers.origin ?? request.headers.referer;
  if (named === undefined && !isNeeded) return;
  if (named !== undefined && isSameHost(named, request.host)) return;
  throw new AppError('CSRF_REFUSED', { reason: 'The request does not come from a page of this server' });
}

/** Compares the host only: behind a proxy that adds TLS we do not know the scheme people use. */
function isSameHost(named: string, host: string): boolean {
  if (!URL.canParse(named)) return false;
  const { protocol, host: namedHost } = new URL(named);
  const ours = `${protocol}//${host}`;
  // Through the same parser, which drops the port that the scheme implies.
  return /^https?:$/.test(protocol) && URL.canParse(ours) && new URL(ours).host === namedHost;
}

function isEqual(given: string | string[] | undefined, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
