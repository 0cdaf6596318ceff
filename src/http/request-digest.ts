import { createHash } from 'node:crypto';

/** The parts of a request that say what is asked; what differs between two tries (ids, headers) is left out. */
export interface AskedFor {
  readonly method: string;
  /** The pattern of the route, e.g. `/devices/:deviceId/send-message`. */
  readonly route: string;
  readonly params: unknown;
  readonly query: unknown;
  /** After validation, so that a default written out and one left out are the same. */
  readonly body: unknown;
}

/** SHA-256 in hex of what is asked for. The order of the keys of an object does not matter, that of a list does. */
export function requestDigest({ method, route, params, query, body }: AskedFor): string {
  const asked = canonical([method, route, params ?? {}, query ?? {}, body ?? null]);
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** The same value with the keys of every object in order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]));
}
