import { createAccess } from '../http/access.ts';
import type { Scope } from '../http/scopes.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import type { ApiKey, ApiKeyChanges, ApiKeyRepository } from './api-key.ts';
import { createKeyCache } from './key-cache.ts';
import { ENVIRONMENT_KEY_ID, hashesEqual, hashKey, makeKey, rowOf } from './key-format.ts';

/** What a new key may do. */
export interface KeyOrder {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly deviceIds: readonly string[] | null;
  readonly expiresAt: Date | null;
}

/** The only moment at which the key itself is known. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface ApiKeyServiceDeps {
  keys: ApiKeyRepository;
  /** The current one first; a key hashed with an older one still works and is hashed anew when it is used. */
  peppers: readonly Buffer[];
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Logger;
}

/** How long a verified key is believed without asking the database: the delay of a revocation made by another process. */
const CACHE_TTL_MS = 15_000;
const CACHE_CAPACITY = 1_000;
/** "Last used" is written at most this often for each key. */
const TOUCH_EVERY_MS = 60_000;

export type ApiKeyService = ReturnType<typeof createApiKeyService>;

export function createApiKeyService({ keys, peppers, clock, ids, random, log }: ApiKeyServiceDeps) {
  const [pepper] = peppers;
  if (!pepper) throw new Error('API keys need a pepper');
  const cache = createKeyCache({ clock, ttlMs: CACHE_TTL_MS, capacity: CACHE_CAPACITY });
  const touchedAt = new Map<string, number>();

  async function lookUp(presented: string): Promise<ApiKey> {
    const id = rowOf(presented);
    const key = id === null ? null : await keys.find(id);
    if (!key) throw new AppError('API_KEY_INVALID');
    const index = peppers.findIndex((each) => hashesEqual(hashKey(presented, each), key.secretHash));
    if (index < 0) throw new AppError('API_KEY_INVALID');
    if (index > 0) await keys.update(key.id, { secretHash: hashKey(presented, pepper) });
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

  async function get(id: string): Promise<ApiKey> {
    const key = await keys.find(id);
    if (!key) throw new AppError('API_KEY_NOT_FOUND');
    return key;
  }

  async function change(id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    refuseContradiction({ ...(await get(id)), ...changes });
    await keys.update(id, changes);
    cache.forget(id);
    return get(id);
  }

  async function add(order: KeyOrder, { id, secret }: { id: string; secret: string }) {
    refuseContradiction(order);
    const key: ApiKey = {
      ...order,
      id,
      secretHash: hashKey(secret, pepper),
      revokedAt: null,
      lastUsedAt: null,
      createdAt: clock.now(),
    };
    return { key, added: await keys.add(key) };
  }

  return {
    /** The Access of a presented key. Throws AppError API_KEY_INVALID for an unknown, wrong, revoked or expired one. */
    async authenticate(presented: string, beforeLookUp: () => Promise<void>) {
      const key = cache.find(presented) ?? (await lookUpAndRemember(presented, beforeLookUp));
      if (!isUsable(key, clock.now())) throw new AppError('API_KEY_INVALID');
      touch(key.id);
      return createAccess({ keyId: key.id, name: key.name, scopes: key.scopes, deviceIds: key.deviceIds });
    },

    /** Makes a key. The secret is in the answer and nowhere else. */
    async issue(order: KeyOrder): Promise<IssuedKey> {
      const id = ids.next();
      const secret = makeKey(id, random);
      const { key } = await add(order, { id, secret });
      return { key, secret };
    },

    /** Takes a key chosen by the operator; false when there is one of this id already. */
    async adopt(order: KeyOrder, secret: string): Promise<boolean> {
      const { added } = await add(order, { id: rowOf(secret) ?? ENVIRONMENT_KEY_ID, secret });
      return added;
    },

    list: () => keys.list(),

    /** Throws AppError API_KEY_NOT_FOUND. Effective at once in this process, within the cache's time in others. */
    change: (id: string, changes: Partial<KeyOrder>) => change(id, changes),

    /** Ends a key for good; the row stays, so that logs can still be read. Revoking twice is harmless. */
    async revoke(id: string): Promise<ApiKey> {
      const key = await get(id);
      return key.revokedAt ? key : change(id, { revokedAt: clock.now() });
    },
  };
}

export function isUsable(key: ApiKey, now: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

/** An administrator can make keys for every device, so a list of devices on such a key would only look like a limit. */
function refuseContradiction({ scopes, deviceIds }: Pick<KeyOrder, 'scopes' | 'deviceIds'>) {
  if (!scopes.includes('admin') || deviceIds === null) return;
  throw new AppError('VALIDATION_FAILED', {
    fields: [
      { in: 'body', field: 'deviceIds', message: 'an administrator key cannot be limited to devices' },
    ],
  });
}
