import type { KeyChanges } from './auth-write-queue.ts';

/**
 * The keys of one device that were used last, as they are stored. One message reads the same few keys several times, and most
 * of what it looks for is not there. Only the owner of the open session may keep one: nobody else writes while it is open.
 */
export interface KeyCache {
  /** The bytes of a key; null when none is stored, undefined when that is not known here. */
  get(type: string, keyId: string): Buffer | null | undefined;
  /** Counts the writes that were told; to be read before the store is asked. */
  writes(): number;
  /** What the store answered to a question asked after `since` writes; left aside when there was another write meanwhile. */
  learn(type: string, answer: ReadonlyMap<string, Buffer | null>, since: number): void;
  /** These are stored now. */
  wrote(keys: KeyChanges): void;
  /** Nobody knows what is stored: a write failed. */
  clear(): void;
}

/** A session has a few kilobytes; a device that writes to many people must not keep all of theirs. */
const CAPACITY = 100;

/** Kept nowhere else than in the store: many, and each used once; or large, and used rarely. */
const NOT_KEPT = new Set(['pre-key', 'app-state-sync-key', 'app-state-sync-version']);

export function createKeyCache(): KeyCache {
  /** The one used last is at the end. */
  const entries = new Map<string, Buffer | null>();
  let writes = 0;

  const keep = (name: string, value: Buffer | null): void => {
    entries.delete(name);
    entries.set(name, value);
    const [oldest] = entries.keys();
    if (entries.size > CAPACITY && oldest !== undefined) entries.delete(oldest);
  };
  const keepAll = (type: string, values: ReadonlyMap<string, Buffer | null>): void => {
    if (NOT_KEPT.has(type)) return;
    for (const [keyId, value] of values) keep(nameOf(type, keyId), value);
  };

  return {
    get(type, keyId) {
      const name = nameOf(type, keyId);
      const value = entries.get(name);
      if (value !== undefined) keep(name, value);
      return value;
    },
    writes: () => writes,
    learn(type, answer, since) {
      if (since === writes) keepAll(type, answer);
    },
    wrote(keys) {
      writes += 1;
      for (const [type, values] of keys) keepAll(type, values);
    },
    clear() {
      writes += 1;
      entries.clear();
    },
  };
}

/** Types have no slash. */
function nameOf(type: string, keyId: string): string {
  return `${type}/${keyId}`;
}
