import type { KeyHolder } from '../http/live-connections.ts';
import { SCOPES } from '../http/scopes.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createEventBus } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import { type ApiKey, type ApiKeyChanges, type ApiKeyRepository, isUsable } from './api-key.ts';
import { ENVIRONMENT_KEY_ID, hashKey, makeKey, rowOf } from './key-format.ts';
import { createKeyVerifier } from './key-verifier.ts';

/** What a new key may do. */
export type KeyOrder = Pick<ApiKey, 'name' | 'scopes' | 'deviceIds' | 'expiresAt'>;

/** The only moment at which the key itself is known. */
export interface IssuedKey {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface ApiKeyServiceDeps {
  keys: ApiKeyRepository;
  /** See apiKeyPeppers in config/secrets.ts: the current one first. */
  peppers: readonly [Buffer, ...Buffer[]];
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Logger;
}

export type ApiKeyService = ReturnType<typeof createApiKeyService>;

export function createApiKeyService({ keys, peppers, clock, ids, random, log }: ApiKeyServiceDeps) {
  const verifier = createKeyVerifier({ keys, peppers, clock, log });
  const changed = createEventBus<string>((error) => log.error({ err: error }, 'a key listener failed'));

  async function get(id: string): Promise<ApiKey> {
    const key = await keys.find(id);
    if (!key) throw new AppError('API_KEY_NOT_FOUND');
    return key;
  }

  async function change(id: string, changes: ApiKeyChanges): Promise<ApiKey> {
    refuseContradiction({ ...(await get(id)), ...changes });
    await keys.update(id, changes);
    verifier.forget(id);
    changed.publish(id);
    return get(id);
  }

  function compose(order: KeyOrder, { id, secret }: { id: string; secret: string }): ApiKey {
    refuseContradiction(order);
    const secretHash = hashKey(secret, peppers[0]);
    return { ...order, id, secretHash, revokedAt: null, lastUsedAt: null, createdAt: clock.now() };
  }

  return {
    authenticate: verifier.authenticate,
    /** Tells the id of every key that was changed or revoked in this process. */
    onChanged: changed.subscribe,

    /** Makes a key. The secret is in the answer and nowhere else. */
    async issue(order: KeyOrder): Promise<IssuedKey> {
      const id = ids.next();
      const secret = makeKey(id, random);
      const key = compose(order, { id, secret });
      await keys.add(key);
      return { key, secret };
    },

    /** Takes a key chosen by the operator; false when there is one of this id already. */
    async adopt(order: KeyOrder, secret: string): Promise<boolean> {
      return keys.add(compose(order, { id: rowOf(secret) ?? ENVIRONMENT_KEY_ID, secret }));
    },

    list: () => keys.list(),

    /** The ids of those that are no key any more, or one with other rights, whichever process changed them. */
    async endedOf(holders: readonly KeyHolder[]): Promise<readonly string[]> {
      const now = clock.now();
      const usable = (await keys.list()).filter((key) => isUsable(key, now));
      const known = new Map(usable.map((key) => [key.id, key]));
      const isAsBefore = (holder: KeyHolder) => {
        const key = known.get(holder.keyId);
        return (
          key !== undefined && rightsOf(key) === rightsOf({ ...holder, scopes: SCOPES.filter(holder.may) })
        );
      };
      return [...new Set(holders.filter((holder) => !isAsBefore(holder)).map(({ keyId }) => keyId))];
    },

    /** Throws AppError API_KEY_NOT_FOUND. Effective at once in this process, within seconds in others. */
    change: (id: string, changes: Partial<KeyOrder>) => change(id, changes),

    /** Ends a key for good; the row stays, so that logs can still be read. Revoking twice is harmless. */
    async revoke(id: string): Promise<ApiKey> {
      const key = await get(id);
      return key.revokedAt ? key : change(id, { revokedAt: clock.now() });
    },
  };
}

/** What may be done; another text means other rights. */
function rightsOf({ scopes, deviceIds }: Pick<ApiKey, 'scopes' | 'deviceIds'>): string {
  const allowed = SCOPES.filter((scope) => scopes.includes('admin') || scopes.includes(scope));
  return JSON.stringify([allowed, deviceIds]);
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
