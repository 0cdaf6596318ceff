import { createApiKeyService } from '../../src/access/api-key-service.ts';
import { createIds } from '../../src/shared/ids.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createMemoryApiKeys } from '../fakes/api-keys.ts';
import { createManualClock } from '../fakes/manual-clock.ts';

export const PEPPER = Buffer.alloc(32, 1);

/** The real service on keys in memory and a clock the test moves. */
export function startApiKeys({
  peppers = [PEPPER],
  memory = createMemoryApiKeys(),
  log = silentLogger,
}: {
  peppers?: [Buffer, ...Buffer[]];
  memory?: ReturnType<typeof createMemoryApiKeys>;
  log?: Logger;
} = {}) {
  const clock = createManualClock();
  const random = systemRandom;
  const ids = createIds({ clock, random });
  const service = createApiKeyService({ keys: memory.repository, peppers, clock, ids, random, log });
  return { service, clock, ...memory, memory };
}

/** For callers that are not guessing. */
export const noLimit = async () => {};
