import { createHash } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { ApiKey } from './api-key.ts';

/** Keys verified lately, so that a request costs no query. */
export interface KeyCache {
  /** The key if it was verified within the time to live. */
  find(presented: string): ApiKey | null;
  /** Whether it was a right key once, however long ago; its holder is not guessing. */
  wasRight(presented: string): boolean;
  /** To be read before a look-up and handed to `remember` after it. */
  generation(): number;
  /** Keeps the key, unless some key was forgotten since: the look-up may have read the row before it changed. */
  remember(presented: string, key: ApiKey, generation: number): void;
  /** Drops the key of this id. */
  forget(id: string): void;
}

/** Keeps at most `capacity` keys, each believed for `ttlMs`; the secret itself is not kept in memory. */
export function createKeyCache({
  clock,
  ttlMs,
  capacity,
}: {
  clock: Clock;
  ttlMs: number;
  capacity: number;
}): KeyCache {
  const entries = new Map<string, { key: ApiKey; since: number }>();
  let generation = 0;
  return {
    find(presented) {
      const entry = entries.get(digest(presented));
      return entry && clock.monotonic() - entry.since < ttlMs ? entry.key : null;
    },
    wasRight: (presented) => entries.has(digest(presented)),
    generation: () => generation,
    remember(presented, key, before) {
      if (before !== generation) return;
      const [oldest] = entries.keys();
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
      entries.set(digest(presented), { key, since: clock.monotonic() });
    },
    forget(id) {
      generation += 1;
      for (const [name, { key }] of entries) if (key.id === id) entries.delete(name);
    },
  };
}

function digest(presented: string): string {
  return createHash('sha256').update(presented).digest('base64');
}
