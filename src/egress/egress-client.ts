import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { EgressAllowance } from '../config/egress-allow.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createAllowList } from './allow-list.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { dial, type ExtraAuthority } from './dial.ts';
import { EgressError } from './egress-error.ts';
import { readHeaders, writeHeaders } from './egress-headers.ts';
import type { HostResolver } from './egress-resolver.ts';
import { asEgressError, readBody } from './egress-response.ts';
import { type OutsideUrl, parseOutsideUrl, STANDARD_PORTS, type UrlRules } from './egress-url.ts';
import { vetPlace } from './egress-vetting.ts';
import { createPinnedPools } from './pinned-pools.ts';
import { followRedirect } from './redirect.ts';

export interface EgressDeps {
  /** EGRESS_ALLOW. */
  readonly allowances: readonly EgressAllowance[];
  readonly resolver: HostResolver;
  readonly clock: Clock;
  readonly ca?: ExtraAuthority;
  /** Ports open to everybody; 80, 443 and 8443 unless a test listens elsewhere. */
  readonly ports?: ReadonlySet<number>;
}

export interface OutsideRequest {
  /** As somebody else wrote it. */
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** To another origin than that of `url` only `accept`, `range` and `user-agent` are sent; `host` is never the caller's. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** How many are followed, for GET and HEAD; with 0 the redirect itself is the answer. */
  readonly redirects?: 0 | 1 | 2 | 3;
  /** `connectMs` for each connection (5,000), `totalMs` from the first lookup to the last byte (15,000). */
  readonly timeouts?: { readonly connectMs?: number; readonly totalMs?: number };
  /** Largest body of the answer that is taken. */
  readonly maxBytes: number;
  /** `allowed`: http to public addresses too; otherwise only where EGRESS_ALLOW says so. */
  readonly plainHttp?: 'refused' | 'allowed';
  readonly signal?: AbortSignal;
}

interface OutsideHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the answer came from, after redirects. */
  readonly href: string;
}

export interface OutsideResponse extends OutsideHead {
  readonly body: Buffer;
}

export interface OutsideStream extends OutsideHead {
  /** Fails with EgressError too-large or timeout while it is read. Must be read or destroyed. */
  readonly body: Readable;
}

/** The one door to addresses that other people choose. */
export interface Egress {
  /** The whole answer, whatever its status. Throws EgressError. */
  fetchOutside(request: OutsideRequest): Promise<OutsideResponse>;
  /** The answer as it comes, for what is too large to hold; the same limits apply. Throws EgressError. */
  streamOutside(request: OutsideRequest): Promise<OutsideStream>;
  /**
   * Whether a URL may be stored for later. Throws AppError URL_INVALID or URL_NOT_ALLOWED. A name that does not resolve now
   * passes, and every use is vetted again.
   */
  checkUrl(url: string, options?: Pick<OutsideRequest, 'plainHttp'>): Promise<void>;
  /** Ends all connections; requests under way fail. */
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
const TOTAL_MS = 15_000;

export function createEgress(deps: EgressDeps): Egress {
  const { clock, resolver, ca = null, ports = STANDARD_PORTS } = deps;
  const allow = createAllowList(deps.allowances);
  const pools = createPinnedPools({
    open: ({ protocol, place, connectMs }) =>
      dial({ place, encryption: protocol === 'https:' ? 'tls' : 'none', ca, connectMs, clock }),
  });
  const rulesFor = (plainHttp: UrlRules['plainHttp'] = 'refused') => ({ allow, plainHttp, ports });

  const send: Send = async (url, { request, deadline, headers }) => {
    const place = await deadline.race(vetPlace(url, { resolver, allow }));
    const { connectMs = CONNECT_MS } = request.timeouts ?? {};
    return pools.poolFor({ protocol: url.protocol, place, connectMs }).request({
      path: url.path,
      method: request.method ?? 'GET',
      headers: writeHeaders(headers),
      body: request.body ?? null,
      signal: deadline.signal,
    });
  };

  const streamOutside: Egress['streamOutside'] = async (request) => {
    const { totalMs = TOTAL_MS } = request.timeouts ?? {};
    const deadline = createDeadline({ clock, totalMs, givenUp: request.signal });
    try {
      return await exchange(request, { deadline, rules: rulesFor(request.plainHttp), send });
    } catch (error) {
      deadline.end();
      throw asEgressError(refusalOf(error), { deadline });
    }
  };

  return {
    streamOutside,
    async fetchOutside(request) {
      const { body, ...head } = await streamOutside(request);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return { ...head, body: Buffer.concat(chunks) };
    },
    async checkUrl(url, { plainHttp } = {}) {
      const parsed = parseOutsideUrl(url, rulesFor(plainHttp));
      const deadline = createDeadline({ clock, totalMs: CONNECT_MS, givenUp: undefined });
      try {
        await deadline.race(vetPlace(parsed, { resolver, allow }));
      } catch (error) {
        if (!(error instanceof EgressError)) throw error;
        if (error.failure === 'refused') throw new AppError('URL_NOT_ALLOWED');
      } finally {
        deadline.end();
      }
    },
    close: pools.close,
  };
}

type Send = (
  url: OutsideUrl,
  options: { request: OutsideRequest; deadline: Deadline; headers: Readonly<Record<string, string>> },
) => Promise<Dispatcher.ResponseData>;

interface Exchange {
  readonly deadline: Deadline;
  readonly rules: UrlRules;
  readonly send: Send;
}

/** Sends, and follows where the answer leads; every hop is parsed, resolved and vetted like the first. */
async function exchange(
  request: OutsideRequest,
  { deadline, rules, send }: Exchange,
): Promise<OutsideStream> {
  const { url, maxBytes, redirects = 0, method = 'GET' } = request;
  let hop = { url: parseOutsideUrl(url, rules), headers: request.headers ?? {} };
  for (let left = redirects; ; left -= 1) {
    const response = await send(hop.url, { request, deadline, headers: hop.headers });
    // What goes wrong while nobody reads is told when somebody does.
    response.body.on('error', () => undefined);
    const { statusCode: status } = response;
    const headers = readHeaders(response.headers);
    const isFollowed = redirects > 0 && (method === 'GET' || method === 'HEAD');
    const next = isFollowed ? followRedirect({ ...hop, status, location: headers.location, rules }) : null;
    if (next === null) {
      const body = boundBody(response, { status, maxBytes, deadline });
      return { status, headers, href: hop.url.href, body };
    }
    response.body.destroy();
    if (left === 0) throw new EgressError('too-many-redirects');
    hop = next;
  }
}

/** The body with its limits on it; when it is read to the end, fails or is destroyed, connection and deadline are let go. */
function boundBody({ body }: Dispatcher.ResponseData, limits: Parameters<typeof readBody>[1]): Readable {
  const bound = Readable.from(readBody(body, limits), { objectMode: false });
  bound.once('close', () => {
    limits.deadline.end();
    body.destroy();
  });
  return bound;
}

/** Parsing speaks to those who create something; towards a request a bad URL is one refusal among others. */
function refusalOf(error: unknown): unknown {
  return error instanceof AppError ? new EgressError('refused', { cause: error }) : error;
}
