import type { Clock } from '../shared/clock.ts';
import type { SignedIn } from './user-session.ts';

/** Sessions looked up lately, so that a request costs no query. */
export interface UserSessionCache {
  /** By the hash of what the cookie holds, if it was looked up within the time to live. */
  find(tokenHash: string): SignedIn | null;
  /** To be read before a look-up and handed to `remember` after it. */
  generation(): number;
  /** Keeps it, unless something was forgotten since: the look-up may have read rows before they changed. */
  remember(signedIn: SignedIn, generation: number): void;
  /** Drops this session, or all of this person. */
  forget(id: string): void;
}

interface CacheOptions {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly capacity: number;
}

export function createUserSessionCache({ clock, ttlMs, capacity }: CacheOptions): UserSessionCache {
  const entries = new Map<string, { signedIn: SignedIn; since: number }>();
  let generation = 0;
  return {
    find(tokenHash) {
      const entry = entries.get(tokenHash);
      return entry && clock.monotonic() - entry.since < ttlMs ? entry.signedIn : null;
    },
    generation: () => generation,
    remember(signedIn, before) {
      if (before !== generation) return;
      const [oldest] = entries.keys();
      if (entries.size >= capacity && oldest !== undefined) entries.delete(oldest);
      entries.set(signedIn.session.tokenHash, { signedIn, since: clock.monotonic() });
    },
    forget(id) {
      generation += 1;
      for (const [tokenHash, { signedIn }] of entries) {
        const { sessionId, userId } = signedIn.session;
        if (sessionId === id || userId === id) entries.delete(tokenHash);
      }
    },
  };
}
