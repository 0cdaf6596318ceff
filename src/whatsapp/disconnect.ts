import { assertNever } from '../shared/exhaustive.ts';

/** Where a disconnect came from; the same code means different things from different sources (RELIABILITY.md §2.6). */
export type DisconnectSource = 'failure' | 'stream' | 'upgrade' | 'local';

/** A closed socket as the wire showed it, before anybody decides what it means. */
export interface Disconnect {
  readonly source: DisconnectSource;
  /** HTTP status (upgrade), failure reason, stream error code, or Baileys' own code (local). */
  readonly code: number;
  /** The library's words; for logs and for telling apart what shares a code, never for users. */
  readonly text: string;
  /** Extra facts of the wire: `Retry-After` in ms, the ban's own code and its end. */
  readonly retryAfterMs?: number;
  readonly banCode?: number;
  readonly bannedUntil?: Date;
}

/** What a disconnect means; the `code` of the cause a caller is shown. */
export type DisconnectCause =
  | 'restart_required'
  | 'logged_out'
  | 'logout_requested'
  | 'temp_banned'
  | 'account_locked'
  | 'banned'
  | 'egress_blocked'
  | 'throttled'
  | 'client_outdated'
  | 'connection_lost'
  | 'server_error'
  | 'qr_expired'
  | 'pairing_failed'
  | 'pairing_refused'
  | 'link_refused'
  | 'protocol_error'
  | 'tls_mitm_suspect'
  | 'conflict'
  | 'owned_elsewhere';

/** What happened before this disconnect. Every count includes the disconnect at hand. */
export interface DisconnectContext {
  readonly now: Date;
  /** The device has a phone behind it; false while it is being paired for the first time. */
  readonly linked: boolean;
  /** WhatsApp has let us in with the stored session before; false between a pairing and its first login. */
  readonly hasLoggedIn: boolean;
  /** This process still holds the lease; false means somebody took the device over. */
  readonly ownsLease: boolean;
  /** 515 within the last 60 seconds. */
  readonly recentRestarts: number;
  /** 440 within the last 10 minutes. */
  readonly recentReplacements: number;
  /** Closes in a row that came less than 5 s after the open, or, while pairing, less than 1 s after the dial. */
  readonly quickCloses: number;
  /** Refusals of the `protocol_error` kind in a row. */
  readonly refusals: number;
  /** The WhatsApp version was refreshed already and the new one was refused too. */
  readonly versionRefreshed: boolean;
}

/** What to do now. `retry` goes through the backoff, and never before `notBeforeMs`. */
export type Reaction =
  /** The protocol asks for it: no backoff, not a failure. */
  | { readonly kind: 'restart-now' }
  | { readonly kind: 'retry'; readonly notBeforeMs: number }
  /** Known end of a penalty: shown as an error until then. */
  | { readonly kind: 'wait-until'; readonly at: Date }
  /** What was stored of a pairing is worth nothing: forget it, and show a new QR code through the backoff. */
  | { readonly kind: 'pair-anew' }
  /** Refresh the WhatsApp version once for the whole process, then connect again. */
  | { readonly kind: 'refresh-version' }
  /** Somebody else owns the device: let go without touching anything. */
  | { readonly kind: 'yield' }
  /** Only a person can help. `entomb`: the stored session is of no use any more and kept aside for seven days. */
  | {
      readonly kind: 'stop';
      readonly status: 'logged_out' | 'error' | 'disconnected';
      readonly session: 'keep' | 'entomb';
    };

export interface Translation {
  readonly cause: DisconnectCause;
  readonly reaction: Reaction;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** The one place that knows what a disconnect means: the rows of RELIABILITY.md §2.6, by (source, code). */
export function translateDisconnect(disconnect: Disconnect, context: DisconnectContext): Translation {
  switch (disconnect.source) {
    case 'stream':
      return translateStreamError(disconnect, context);
    case 'failure':
      return translateFailure(disconnect, context);
    case 'upgrade':
      return translateUpgrade(disconnect);
    case 'local':
      return translateLocal(disconnect, context);
    default:
      return assertNever(disconnect.source);
  }
}

function translateStreamError({ code }: Disconnect, context: DisconnectContext): Translation {
  switch (code) {
    case 515:
      // After pairing the server always asks for one restart; a server that asks again and again is ill.
      if (context.recentRestarts > 3) return retry('server_error');
      return { cause: 'restart_required', reaction: { kind: 'restart-now' } };
    case 401:
      return stop('logged_out', 'logged_out', 'entomb');
    case 440:
      return translateReplaced(context);
    default:
      // Baileys calls every stream error without a code 500 "bad session"; the session is fine.
      return retry('server_error');
  }
}

function translateReplaced({ ownsLease, recentReplacements }: DisconnectContext): Translation {
  if (!ownsLease) return { cause: 'owned_elsewhere', reaction: { kind: 'yield' } };
  if (recentReplacements >= 3) return stop('conflict', 'error', 'keep');
  const doubled = 30 * SECOND_MS * 2 ** (recentReplacements - 1);
  return retry('conflict', Math.min(doubled, 15 * MINUTE_MS));
}

function translateFailure(disconnect: Disconnect, context: DisconnectContext): Translation {
  switch (disconnect.code) {
    case 401:
      // We signed, but our word never reached WhatsApp: it does not know this device, and the phone said that it failed.
      if (!context.hasLoggedIn) return { cause: 'pairing_failed', reaction: { kind: 'pair-anew' } };
      return stop('logged_out', 'logged_out', 'entomb');
    case 402:
      if (!disconnect.bannedUntil) return retry('temp_banned', 60 * MINUTE_MS);
      return { cause: 'temp_banned', reaction: { kind: 'wait-until', at: disconnect.bannedUntil } };
    case 403:
      return stop('account_locked', 'error', 'entomb');
    case 405:
      if (context.versionRefreshed) return stop('client_outdated', 'error', 'keep');
      return { cause: 'client_outdated', reaction: { kind: 'refresh-version' } };
    case 406:
      return stop('banned', 'error', 'entomb');
    case 411:
      return stop('link_refused', 'error', 'keep');
    case 440:
      return translateReplaced(context);
    case 515:
      return translateStreamError(disconnect, context);
    case 400:
    case 409:
    case 413:
    case 414:
    case 415:
    case 418:
    case 501:
      return translateRefusal(context);
    default:
      return retry('server_error');
  }
}

/** The server dislikes what we say: three tries, five minutes apart at least, then a person must look. */
function translateRefusal({ refusals }: DisconnectContext): Translation {
  return refusals >= 3 ? stop('protocol_error', 'error', 'keep') : retry('protocol_error', 5 * MINUTE_MS);
}

/** The HTTP status of the WebSocket handshake speaks of the way to WhatsApp, never of the account. */
function translateUpgrade({ code, retryAfterMs }: Disconnect): Translation {
  if (code === 429) return retry('throttled', retryAfterMs ?? 5 * MINUTE_MS);
  if (code >= 500) return retry('server_error', retryAfterMs ?? 0);
  return retry('egress_blocked', Math.max(retryAfterMs ?? 0, 30 * SECOND_MS));
}

function translateLocal({ code, text }: Disconnect, context: DisconnectContext): Translation {
  if (/QR refs attempts ended/i.test(text)) return stop('qr_expired', 'disconnected', 'keep');
  // rc14's words for a certificate chain that is not WhatsApp's: somebody is in between, or the endpoint is wrong.
  if (/noise .*certificate|certification match failed/i.test(text)) {
    return stop('tls_mitm_suspect', 'error', 'keep');
  }
  switch (code) {
    case 401:
      return stop('logout_requested', 'logged_out', 'entomb');
    case 411:
      return stop('link_refused', 'error', 'keep');
    case 428:
      return translateClosed(context);
    case 515:
      return { cause: 'restart_required', reaction: { kind: 'restart-now' } };
    default:
      return retry('connection_lost');
  }
}

/** A close without a word. On a first pairing, at once and again, it is how the server refuses to link. */
function translateClosed({ linked, quickCloses }: DisconnectContext): Translation {
  if (!linked && quickCloses >= 3) return stop('pairing_refused', 'error', 'keep');
  if (quickCloses >= 5) return retry('connection_lost', 5 * MINUTE_MS);
  return retry('connection_lost');
}

function retry(cause: DisconnectCause, notBeforeMs = 0): Translation {
  return { cause, reaction: { kind: 'retry', notBeforeMs } };
}

function stop(
  cause: DisconnectCause,
  status: 'logged_out' | 'error' | 'disconnected',
  session: 'keep' | 'entomb',
): Translation {
  return { cause, reaction: { kind: 'stop', status, session } };
}
