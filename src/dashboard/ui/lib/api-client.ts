import { ApiError } from './api-error.ts';
import type { UiClock } from './clock.ts';

/** A value of a query string; undefined, null and '' are left out. */
export type QueryValue = string | number | boolean | null | undefined;

export interface CallOptions {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** In ms; 30 s without it. */
  readonly timeoutMs?: number;
}

/** The API as the pages use it: `data` of the envelope, or an ApiError is thrown. A FormData or a Blob is sent as it is. */
export interface Api {
  get<Data>(path: string, options?: CallOptions): Promise<Data>;
  post<Data>(path: string, body?: unknown, options?: CallOptions): Promise<Data>;
  put<Data>(path: string, body?: unknown, options?: CallOptions): Promise<Data>;
  patch<Data>(path: string, body?: unknown, options?: CallOptions): Promise<Data>;
  delete<Data>(path: string, body?: unknown, options?: CallOptions): Promise<Data>;
  /** A file or text; the caller reads the response. */
  raw(path: string, options?: CallOptions): Promise<Response>;
}

interface ApiDeps {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  readonly clock: UiClock;
  /** Of the session; null before sign-in. */
  csrfToken(): string | null;
  /** Told when the server does not know the session any more. */
  onSignedOut(): void;
}

interface Call extends CallOptions {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

interface Answer {
  readonly message?: string;
  readonly data?: unknown;
  readonly error?: { readonly code?: string; readonly details?: Record<string, unknown> };
}

const TIMEOUT_MS = 30_000;

export function createApi(deps: ApiDeps): Api {
  async function ask(call: Call): Promise<Response> {
    const response = await sendWithin(deps, call);
    if (response.ok) return response;
    const error = await errorOf(response);
    if (SESSION_ENDED.has(error.code)) deps.onSignedOut();
    throw error;
  }

  async function data<Data>(call: Call): Promise<Data> {
    const response = await ask(call);
    if (response.status === 204) return JSON.parse('null');
    const answer: { data: Data } = JSON.parse(await response.text());
    return answer.data;
  }

  return {
    get: (path, options) => data({ ...options, method: 'GET', path }),
    post: (path, body, options) => data({ ...options, method: 'POST', path, body }),
    put: (path, body, options) => data({ ...options, method: 'PUT', path, body }),
    patch: (path, body, options) => data({ ...options, method: 'PATCH', path, body }),
    delete: (path, body, options) => data({ ...options, method: 'DELETE', path, body }),
    raw: (path, options) => ask({ ...options, method: 'GET', path }),
  };
}

/** 401 of a wrong password is none: the form tells that. */
const SESSION_ENDED = new Set(['UNAUTHORIZED', 'SESSION_EXPIRED']);

async function sendWithin({ fetch, clock, csrfToken }: ApiDeps, call: Call): Promise<Response> {
  const patience = new AbortController();
  const takeBack = clock.after(call.timeoutMs ?? TIMEOUT_MS, () => patience.abort());
  const signal = call.signal ? AbortSignal.any([call.signal, patience.signal]) : patience.signal;
  try {
    return await fetch(withQuery(call.path, call.query), {
      method: call.method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal,
      ...payload(call, csrfToken()),
    });
  } catch (error) {
    throw new ApiError({
      code: call.signal?.aborted ? 'ABORTED' : patience.signal.aborted ? 'TIMEOUT' : 'NETWORK',
      message: error instanceof Error ? error.message : 'network error',
      status: 0,
    });
  } finally {
    takeBack();
  }
}

function payload(
  { method, body, headers }: Call,
  csrf: string | null,
): Pick<RequestInit, 'headers' | 'body'> {
  const all: Record<string, string> = { accept: 'application/json', ...headers };
  if (method !== 'GET' && csrf !== null) all['x-csrf-token'] = csrf;
  if (body === undefined) return { headers: all };
  if (body instanceof FormData) return { headers: all, body };
  if (body instanceof Blob) {
    return { headers: { 'content-type': body.type || 'application/octet-stream', ...all }, body };
  }
  return { headers: { ...all, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** `path` with the values that are there. */
export function withQuery(path: string, query: Readonly<Record<string, QueryValue>> = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  const answer = parseAnswer(await response.text().catch(() => ''));
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError({
    code: answer.error?.code ?? `HTTP_${response.status}`,
    message: answer.message ?? `HTTP ${response.status}`,
    status: response.status,
    details: answer.error?.details ?? {},
    requestId: response.headers.get('x-request-id'),
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

/** A proxy in front may answer in HTML; that tells nothing but its status. */
function parseAnswer(text: string): Answer {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
