import type { Scope } from './scopes.ts';

/** Who is calling and what the caller may do; on every request as `request.access`. */
export interface Access {
  /** The id of the API key; null for a caller without one (public routes only). */
  readonly keyId: string | null;
  readonly name: string | null;
  may(scope: Scope): boolean;
  /** Whether this device exists as far as the caller is concerned; filter lists with it. */
  mayUse(deviceId: string): boolean;
  /** The devices the caller is restricted to; null means every device. */
  readonly deviceIds: readonly string[] | null;
}

/**
 * Turns a presented key into an Access, or throws AppError API_KEY_INVALID. `beforeLookUp` is awaited before the
 * database is asked about a key not seen lately; it throws when the caller has guessed too often.
 */
export type Authenticate = (presented: string, beforeLookUp: () => Promise<void>) => Promise<Access>;

/** A caller that presented no key. */
export const ANONYMOUS: Access = {
  keyId: null,
  name: null,
  deviceIds: [],
  may: () => false,
  mayUse: () => false,
};

export interface Grant {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly deviceIds: readonly string[] | null;
}

export function createAccess({ keyId, name, scopes, deviceIds }: Grant): Access {
  const granted = new Set(scopes);
  const devices = deviceIds === null ? null : new Set(deviceIds);
  return {
    keyId,
    name,
    deviceIds,
    may: (scope) => granted.has('admin') || granted.has(scope),
    mayUse: (deviceId) => devices === null || devices.has(deviceId),
  };
}
