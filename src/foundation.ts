import { createApiKeyRepository } from './access/api-key-repository.ts';
import { type ApiKeyService, createApiKeyService } from './access/api-key-service.ts';
import { type AccessHost, createAccessHost } from './access-host.ts';
import type { Config } from './config/config.ts';
import { type KeyRing, loadKeyEncryptionKey } from './config/key-encryption-key.ts';
import { apiKeyPeppers } from './config/secrets.ts';
import { type Database, openDatabase } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import type { Clock } from './shared/clock.ts';
import type { Ids } from './shared/ids.ts';
import type { Logger } from './shared/logger.ts';
import type { Random } from './shared/random.ts';
import { hasDataKeys } from './whatsapp/data-key-repository.ts';

/** What the server and the command line have in common. */
export interface Foundation {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly apiKeys: ApiKeyService;
  /** People who sign in. */
  readonly people: AccessHost;
  close(): Promise<void>;
}

interface FoundationDeps {
  config: Config;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Logger;
  /** Told of every error of the database, beside the caller. */
  onDatabaseError?: (error: unknown) => void;
}

/** Opens and migrates the database and loads the master key. Throws what they throw, with nothing left open. */
export async function openFoundation({
  config,
  clock,
  ids,
  random,
  log,
  onDatabaseError = () => {},
}: FoundationDeps): Promise<Foundation> {
  const database = await openDatabase({ url: config.databaseUrl, log, clock, onError: onDatabaseError });
  try {
    await migrate(database, { log });
    const keyRing = await loadKeyEncryptionKey({
      fromEnvironment: config.given.masterKey,
      dataDir: config.dataDir,
      random,
      hasWrappedKeys: () => hasDataKeys(database),
    });
    const keys = createApiKeyRepository(database);
    const peppers = apiKeyPeppers(keyRing);
    const apiKeys = createApiKeyService({ keys, peppers, clock, ids, random, log });
    const people = createAccessHost({ config, database, clock, ids, random, log });
    return { database, keyRing, apiKeys, people, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}
