import type { CacheStore, PossiblyExtendedCacheStore } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { createRetryCounters, type ResendLog } from './retry-counters.ts';

/** What a device's successive sockets share, so that a reconnect does not ask the server for everything again. */
export interface BaileysCaches {
  readonly userDevicesCache: PossiblyExtendedCacheStore;
  readonly msgRetryCounterCache: CacheStore;
  readonly placeholderResendCache: CacheStore;
}

const MINUTE_MS = 60_000;

interface CachesDeps {
  readonly deviceId: DeviceId;
  readonly resends: ResendLog;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Life times as Baileys has them; sizes so that a busy device stays within a few hundred kilobytes. */
export function createBaileysCaches({ clock, ...deps }: CachesDeps): BaileysCaches {
  const memory = createTtlCache({ clock, ttlMs: 60 * MINUTE_MS, capacity: 1_000 });
  return {
    userDevicesCache: createTtlCache({ clock, ttlMs: 5 * MINUTE_MS, capacity: 2_000 }),
    msgRetryCounterCache: createRetryCounters({ ...deps, memory }),
    placeholderResendCache: createTtlCache({ clock, ttlMs: 60 * MINUTE_MS, capacity: 500 }),
  };
}

interface Entry {
  readonly value: unknown;
  readonly staleAt: number;
}

/** A bounded cache in the shape Baileys wants; the oldest entry leaves first, and no timer runs. */
export function createTtlCache(limits: {
  clock: Clock;
  ttlMs: number;
  capacity: number;
}): PossiblyExtendedCacheStore & { readonly size: () => number } {
  const { clock, ttlMs, capacity } = limits;
  const entries = new Map<string, Entry>();

  const get = <T>(key: string): T | undefined => {
    const entry = entries.get(key);
    if (!entry) return undefined;
    if (entry.staleAt > clock.monotonic()) return entry.value as T;
    entries.delete(key);
    return undefined;
  };
  const set = (key: string, value: unknown): void => {
    entries.delete(key);
    entries.set(key, { value, staleAt: clock.monotonic() + ttlMs });
    const [oldest] = entries.keys();
    if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
  };

  return {
    get,
    set,
    del: (key) => void entries.delete(key),
    flushAll: () => entries.clear(),
    mget: async <T>(keys: string[]) => Object.fromEntries(keys.map((key) => [key, get<T>(key)])),
    mset: async (pairs) => {
      for (const { key, value } of pairs) set(key, value);
    },
    mdel: async (keys) => {
      for (const key of keys) entries.delete(key);
    },
    size: () => entries.size,
  };
}
