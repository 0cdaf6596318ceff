import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import { isMutation } from './csrf.ts';

/** Who did something, as it is kept: the name beside the id, because the entry outlives whoever it names. */
export type Actor =
  | { readonly kind: 'user' | 'key'; readonly id: string; readonly name: string | null }
  | { readonly kind: 'anonymous'; readonly id: null; readonly name: null };

/** A request that changed something, or tried to. No body, no secret, no phone number. */
export interface AuditedRequest {
  readonly actor: Actor;
  /** The operationId of the route, or its method and pattern where it has none. */
  readonly action: string;
  /** What it was about: the parameters of the path, numbers masked. */
  readonly target: string | null;
  readonly status: number;
  readonly ip: string;
  readonly requestId: string;
  readonly details: AuditDetails | null;
}

/** What a route adds: plain words, never what a person wrote or a secret. */
export type AuditDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What a handler may say better than the request itself. */
interface Remarks {
  actor?: Actor;
  target?: string;
  details?: AuditDetails;
  /** What was read left the server as a file: that is kept, too. */
  isExport?: true;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** For the audit log: what only the handler knows. */
    audited: Remarks;
  }
  interface FastifyInstance {
    /** Records what somebody did on a connection that stays open, such as a command over a WebSocket. */
    recordAudit(request: FastifyRequest, did: { readonly action: string; readonly status: number }): void;
  }
}

const NOBODY: Actor = { kind: 'anonymous', id: null, name: null };
const UNKNOWN = 401;
const TOO_MANY = 429;
/** Refusals of nobody we know that are kept in a minute: whoever sends many must not bury what others did. */
const STRANGERS_PER_MINUTE = 300;
const MINUTE_MS = 60_000;

interface AuditDeps {
  readonly record: (request: AuditedRequest) => void;
  readonly clock: Clock;
}

/** Hands every changing request to `record` once it was answered, and what exports; other reading leaves no trace. */
export function installAudit(app: FastifyInstance, { record, clock }: AuditDeps): void {
  const hasRoom = roomForStrangers(clock);
  const entryOf = (request: FastifyRequest, did: { action: string; status: number }): AuditedRequest => {
    const { target, details = null, actor = actorOf(request) } = request.audited ?? {};
    return {
      actor,
      ...did,
      target: target ?? targetOf(request.params) ?? namedDevice(request.body),
      ip: request.ip,
      requestId: request.id,
      details,
    };
  };
  app.decorateRequest('audited');
  app.decorate('recordAudit', (request, did) => record(entryOf(request, did)));
  app.addHook('onRequest', async (request) => {
    request.audited = {};
  });
  app.addHook('onResponse', async (request, reply) => {
    const { schema, url = '', config } = request.routeOptions;
    const isKept = (config.audited ?? isMutation(request)) || request.audited?.isExport === true;
    if (!isKept || request.is404) return;
    const action = schema?.operationId ?? `${request.method} ${url}`;
    const entry = entryOf(request, { action, status: reply.statusCode });
    if (entry.actor.kind !== 'anonymous' || hasRoom(entry.status, config.signsIn === true)) record(entry);
  });
}

/** Which requests of nobody are kept. A wrong password always is: the throttle of signing in bounds those. */
function roomForStrangers(clock: Clock): (status: number, isDoor: boolean) => boolean {
  let endsAt = Number.NEGATIVE_INFINITY;
  let left = 0;
  return (status, isDoor) => {
    if (status < 400 || (isDoor && status === UNKNOWN)) return true;
    if (status === TOO_MANY && !isDoor) return false;
    const now = clock.monotonic();
    if (now >= endsAt) [endsAt, left] = [now + MINUTE_MS, STRANGERS_PER_MINUTE];
    left -= 1;
    return left >= 0;
  };
}

function actorOf({ access }: FastifyRequest): Actor {
  if (!access) return NOBODY;
  const { keyId, userId, name } = access;
  if (userId !== null) return { kind: 'user', id: userId, name };
  return keyId === null ? NOBODY : { kind: 'key', id: keyId, name };
}

/** Names that are chosen by administrators or made by machines, and are no numbers of people. */
const PLAIN = new Set(['deviceId', 'messageId', 'tokenId', 'userId']);
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
/** Shorter runs are ids of rows, dates and the like. */
const NUMBER = /\d{7,}/g;
const SHOWN_DIGITS = 3;

/** `deviceId=shop-1, participantJid=***890@s.whatsapp.net`; null for a path without parameters. */
export function targetOf(params: unknown): string | null {
  if (typeof params !== 'object' || params === null) return null;
  const named = Object.entries(params).filter(([, value]) => ['string', 'number'].includes(typeof value));
  const parts = named.map(([name, value]) => `${name}=${masked(name, String(value))}`);
  return parts.length === 0 ? null : parts.join(', ');
}

/** A device is named in the body where it is made, and by some older faces of the API. */
function namedDevice(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('deviceId' in body)) return null;
  const { deviceId } = body;
  const isOne = typeof deviceId === 'string' && /^[a-zA-Z0-9_-]{3,50}$/.test(deviceId);
  return isOne ? `deviceId=${deviceId}` : null;
}

function masked(name: string, value: string): string {
  if (PLAIN.has(name) || ULID.test(value)) return value;
  return value
    .replace(/(?<=\d)[\s().-]+(?=\d)/g, '')
    .replace(NUMBER, (digits) => `***${digits.slice(-SHOWN_DIGITS)}`);
}
