import { describe } from 'vitest';
import { hasMariaDb } from './mariadb.ts';
import type { Storage } from './outbox-chaos.ts';
import { describeOnRedis } from './redis.ts';

/**
 * `CHAOS=long` runs everything at the size the guarantees are written for; by default it is what every change has time for.
 * `CHAOS_SEED` repeats a run, `CHAOS_ITEMS` and `CHAOS_DEVICES` choose another size.
 */
export const CHAOS = {
  isLong: process.env.CHAOS === 'long',
  /** The seed that was asked for, or `usual`; a long run is a new one each time. */
  seed: (usual: number) => numberOf('CHAOS_SEED') ?? (CHAOS.isLong ? Math.floor(Math.random() * 1e6) : usual),
  items: (usual: number) => numberOf('CHAOS_ITEMS') ?? usual,
  devices: (usual: number) => numberOf('CHAOS_DEVICES') ?? usual,
};

/** A suite on SQLite, and on a private MariaDB with a private Redis. */
export function describeOnEachStorage(name: string, suite: (storage: Storage) => void): void {
  describe(`${name} (SQLite)`, () => suite('SQLite'));
  describeOnServices(name, () => suite('MariaDB and Redis'));
}

/** The same where the contract suites prove that both storages behave alike: on SQLite too in the long form only. */
export function describeOnServicesFirst(name: string, suite: (storage: Storage) => void): void {
  if (CHAOS.isLong) describe(`${name} (SQLite)`, () => suite('SQLite'));
  describeOnServices(name, () => suite('MariaDB and Redis'));
}

/** A suite on a private MariaDB and a private Redis; where they are not installed it is skipped, or fails if required. */
export function describeOnServices(name: string, suite: () => void): void {
  describeOnRedis(`${name} (MariaDB and Redis)`, () => {
    if (!hasMariaDb && process.env.CI_REQUIRE_SERVICES !== '1')
      return describe('without a MariaDB', () => {});
    suite();
  });
}

function numberOf(key: string): number | null {
  const text = process.env[key];
  return text === undefined || text === '' ? null : Number(text);
}
