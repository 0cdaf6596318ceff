import { type Access, createAccess } from '../http/access.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { type ApiKey, type ApiKeyRepository, isUsable } from './api-key.ts';
import { createKeyCache } from './key-cache.ts';
import { hashesEqual, hashKey, rowOf } from './key-format.ts';

/** How long a verified key is believed without asking the database: the delay of a revocation made by another process. */
const CACHE_TTL_MS = 15_000;
const CACHE_CAPACITY = 1_000;
/** "Last used" is written at most this often for each key. */
const TOUCH_EVERY_MS = 60_000;

export interface KeyVerifier {
  /**
   * The Access of a presented key. Throws AppError API_KEY_INVALID for an unknown, wrong, revoked or expired one.
   * `beforeLookUp` is awaited before the database is asked about a key that was never right here.
   */
  authenticate(presented: string, beforeLookUp: () => Promise<void>): Promise<Access>;
  /** To be called when the key of this id changed. */
  forget(id: string): void;
}

interface KeyVerifierDeps {
  keys: Pick<ApiKeyRepository, 'find' | 'update'>;
  /** The current one first; a key hashed with an older one still works and is hashed anew when it is used. */
  peppers: readonly [Buffer, ...Buffer[]];
  clock: Clock;
  log: Logger;
}

export function createKeyVerifier({ keys, peppers, clock, log }: KeyVerifierDeps): KeyVerifier {
  const cache = createKeyCache({ clock, ttlMs: CACHE_TTL_MS, capacity: CACHE_CAPACITY });
  const touchedAt = new Map<string, number>();

  async function lookUp(presented: string): Promise<ApiKey> {
    const id = rowOf(presented);
    const key = id === null ? null : await keys.find(id);
    if (!key) throw new AppError('API_KEY_INVALID');
    const index = peppers.findIndex((pepper) => hashesEqual(hashKey(presented, pepper), key.secretHash));
    if (index < 0) throw new AppError('API_KEY_INVALID');
    if (index > 0) await keys.update(key.id, { secretHash: hashKey(presented, peppers[0]) });
    return key;
  }

  async function lookUpAndRemember(presented: string, beforeLookUp: () => Promise<void>): Promise<ApiKey> {
    if (!cache.wasRight(presented)) await beforeLookUp();
    const generation = cache.generation();
    const key = await lookUp(presented);
    cache.remember(presented, key, generation);
    return key;
  }

  /** Never awaited: a caller does not wait for bookkeeping, and one lost time stamp harms nobody. */
  function touch(id: string) {
    const now = clock.monotonic();
    const last = touchedAt.get(id);
    if (last !== undefined && now - last < TOUCH_EVERY_MS) return;
    touchedAt.set(id, now);
    keys
      .update(id, { lastUsedAt: clock.now() })
      .catch((error: unknown) => log.warn({ keyId: id, err: error }, 'last use of a key not noted'));
  }

  return {
    async authenticate(presented, beforeLookUp) {
      const key = cache.find(presented) ?? (await lookUpAndRemember(presented, beforeLookUp));
      if (!isUsable(key, clock.now())) throw new AppError('API_KEY_INVALID');
      touch(key.id);
      return createAccess({ keyId: key.id, name: key.name, scopes: key.scopes, deviceIds: key.deviceIds });
    },
    forget(id) {
      cache.forget(id);
      touchedAt.delete(id);
    },
  };
}
