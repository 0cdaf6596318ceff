import type { Scope } from './scopes.ts';

/** Who is calling and what the caller may do; on every request as `request.access`. */
export interface Access {
  /** The id of the API key; null for a caller without one. */
  readonly keyId: string | null;
  /** The person who signed in; null for a key and for nobody. */
  readonly userId: string | null;
  /** The browser in which the person signed in; null exactly when `userId` is. */
  readonly session: AccessSession | null;
  /** The key or the person, for whatever is counted or kept for each caller; null for nobody. */
  readonly callerId: string | null;
  readonly name: string | null;
  may(scope: Scope): boolean;
  /** Whether this device exists as far as the caller is concerned; filter lists with it. */
  mayUse(deviceId: string): boolean;
  /** The devices the caller is restricted to; null means every device. */
  readonly deviceIds: readonly string[] | null;
}

/** What a request by cookie is judged by. */
export interface AccessSession {
  readonly sessionId: string;
  /** What every changing request of this session must bring beside the cookie. */
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

/**
 * Turns a presented key into an Access, or throws AppError API_KEY_INVALID. `beforeLookUp` is awaited before the
 * database is asked about a key not seen lately; it throws when the caller has guessed too often.
 */
export type Authenticate = (presented: string, beforeLookUp: () => Promise<void>) => Promise<Access>;

/** A caller that presented no key. */
export const ANONYMOUS: Access = {
  keyId: null,
  userId: null,
  session: null,
  callerId: null,
  name: null,
  deviceIds: [],
  may: () => false,
  mayUse: () => false,
};

interface Rights {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly deviceIds: readonly string[] | null;
}

export interface Grant extends Rights {
  readonly keyId: string;
}

/** What the holder of a key may do. */
export function createAccess({ keyId, ...rights }: Grant): Access {
  return { keyId, userId: null, session: null, callerId: keyId, ...judging(rights) };
}

/** What a person who signed in may do. */
export function createUserAccess({
  userId,
  session,
  ...rights
}: Rights & { readonly userId: string; readonly session: AccessSession }): Access {
  return { keyId: null, userId, session, callerId: userId, ...judging(rights) };
}

function judging({ name, scopes, deviceIds }: Rights) {
  const granted = new Set(scopes);
  const devices = deviceIds === null ? null : new Set(deviceIds);
  return {
    name,
    deviceIds,
    may: (scope: Scope) => granted.has('admin') || granted.has(scope),
    mayUse: (deviceId: string) => devices === null || devices.has(deviceId),
  };
}
