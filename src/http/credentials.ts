import type { FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors.ts';

/** Browsers cannot set headers on a WebSocket, so the key may come as a subprotocol: `bearer.<key>`. */
const SUBPROTOCOL = 'bearer.';

/** Parameters in which people put keys; an address ends up in logs and histories, so a key there is refused. */
const KEY_PARAMETERS = /[?&](api_?key|apikey|x-api-key|access_?token|auth_?token|token|key)=/i;

/**
 * The API key a request presents in `Authorization: Bearer`, `X-API-Key`, a WebSocket subprotocol or the header its route
 * names; null when there is none. Throws AppError UNAUTHORIZED for a key in the address or another authorization scheme.
 */
export function presentedKey(request: FastifyRequest): string | null {
  const { keyHeader } = request.routeOptions.config;
  const key =
    bearer(request.headers.authorization) ??
    textOf(request.headers['x-api-key']) ??
    subprotocolKey(request) ??
    textOf(keyHeader && request.headers[keyHeader]);
  if (key !== null) return key;
  if (KEY_PARAMETERS.test(request.url)) {
    throw new AppError('UNAUTHORIZED', { reason: 'Send the key in a header, not in the address' });
  }
  return null;
}

function bearer(header: string | undefined): string | null {
  if (header === undefined) return null;
  const match = /^bearer +(\S+)$/i.exec(header.trim());
  if (!match?.[1]) throw new AppError('UNAUTHORIZED', { reason: 'Use Authorization: Bearer <key>' });
  return match[1];
}

function textOf(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && header.trim() !== '' ? header.trim() : null;
}

function subprotocolKey(request: FastifyRequest): string | null {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') return null;
  const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
  const carrier = offered.map((name) => name.trim()).find((name) => name.startsWith(SUBPROTOCOL));
  return carrier ? carrier.slice(SUBPROTOCOL.length) : null;
}

/** The subprotocol to answer with: a browser insists on one it offered, and a plain name keeps the key out of it. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  const [first] = offered;
  for (const name of offered) if (!name.startsWith(SUBPROTOCOL)) return name;
  return first ?? false;
}
