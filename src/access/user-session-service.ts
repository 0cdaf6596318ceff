import { type Access, createUserAccess } from '../http/access.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createEventBus } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import { scopesOf, type User } from './user.ts';
import {
  csrfTokenOf,
  hashToken,
  isAlive,
  LONGEST_MS,
  makeToken,
  type SignedIn,
  type UserSession,
} from './user-session.ts';
import { createUserSessionCache } from './user-session-cache.ts';
import type { UserSessionRepository } from './user-session-repository.ts';

/** As for keys: the delay of a sign-out made by another process. */
const CACHE_TTL_MS = 15_000;
const CACHE_CAPACITY = 1_000;
/** "Last seen" is written at most this often for each session. */
const TOUCH_EVERY_MS = 60_000;
/** Sessions of one person; with one more the oldest ends. */
const MOST_SESSIONS = 20;

/** A session as whoever signed in is told of it, this once. */
export interface NewSession {
  /** For the cookie. */
  readonly token: string;
  readonly user: User;
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

export interface UserSessionServiceDeps {
  readonly sessions: UserSessionRepository;
  /** What hashes are made with; another one ends all sessions. */
  readonly secret: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Logger;
}

export type UserSessionService = ReturnType<typeof createUserSessionService>;

/** Sessions of people. What ends here ends at once in this process, and within 15 seconds in others. */
export function createUserSessionService(deps: UserSessionServiceDeps) {
  const { sessions, secret, clock, ids, random, log } = deps;
  const cache = createUserSessionCache({ clock, ttlMs: CACHE_TTL_MS, capacity: CACHE_CAPACITY });
  const ended = createEventBus<string>((error) => log.error({ err: error }, 'a session listener failed'));
  const touchedAt = new Map<string, number>();

  async function look(token: string, beforeLookUp: () => Promise<void>): Promise<SignedIn | null> {
    const tokenHash = hashToken(token, secret);
    const known = cache.find(tokenHash);
    if (known) return known;
    await beforeLookUp();
    const generation = cache.generation();
    const found = await sessions.find(tokenHash);
    if (found) cache.remember(found, generation);
    return found;
  }

  /** Never awaited: a caller does not wait for bookkeeping. */
  function touch({ sessionId }: UserSession) {
    const now = clock.monotonic();
    const last = touchedAt.get(sessionId);
    if (last !== undefined && now - last < TOUCH_EVERY_MS) return;
    if (touchedAt.size >= CACHE_CAPACITY) touchedAt.clear();
    touchedAt.set(sessionId, now);
    sessions
      .touch(sessionId, clock.now())
      .catch((error: unknown) => log.warn({ sessionId, err: error }, 'use of a session not noted'));
  }

  function forget(id: string) {
    cache.forget(id);
    ended.publish(id);
  }

  return {
    /** Tells the id of every session that ended in this process, or of a person whose sessions did. */
    onEnded: ended.subscribe,

    /**
     * Makes a session for somebody who has just proved who they are. Throws AppError LOGIN_FAILED when the password, or leave to
     * be here, has gone since.
     */
    async begin(user: User): Promise<NewSession> {
      const token = makeToken(random);
      const now = clock.now();
      const expiresAt = new Date(now.getTime() + LONGEST_MS);
      const session = {
        sessionId: ids.next(),
        userId: user.userId,
        tokenHash: hashToken(token, secret),
        createdAt: now,
        lastSeenAt: now,
        expiresAt,
      };
      const proof = { passwordHash: user.passwordHash, most: MOST_SESSIONS };
      if (!(await sessions.add(session, proof))) throw new AppError('LOGIN_FAILED');
      return { token, user, csrfToken: csrfTokenOf(token, secret), expiresAt };
    },

    /** The Access of a cookie. Throws AppError SESSION_EXPIRED for one that is unknown or has ended. */
    async authenticate(token: string, beforeLookUp: () => Promise<void>): Promise<Access> {
      const found = await look(token, beforeLookUp);
      if (!found || !isAlive(found, clock.now())) throw new AppError('SESSION_EXPIRED');
      const { session, user } = found;
      touch(session);
      return createUserAccess({
        userId: user.userId,
        name: user.name,
        scopes: scopesOf(user.role),
        deviceIds: user.deviceIds,
        session: {
          sessionId: session.sessionId,
          csrfToken: csrfTokenOf(token, secret),
          expiresAt: session.expiresAt,
        },
      });
    },

    /** Ends the session of this cookie; resolves with whose it was. One that is unknown has ended already. */
    async endByToken(token: string): Promise<User | null> {
      const found = await sessions.find(hashToken(token, secret));
      if (!found) return null;
      await sessions.remove(found.session.sessionId);
      forget(found.session.sessionId);
      return found.user;
    },

    /** Ends all sessions of a person but the one that asks. */
    async endOthers(userId: string, keptId: string): Promise<void> {
      await sessions.removeOthers(userId, keptId);
      forget(userId);
    },

    /** To be called when a person was changed or removed: cached rights and open connections end. */
    forgetUser: forget,

    /** See Sessions in http/session-cookie.ts. */
    async endedOf(sessionIds: readonly string[]): Promise<readonly string[]> {
      const alive = new Set(await sessions.aliveOf(sessionIds, clock.now()));
      return sessionIds.filter((id) => !alive.has(id));
    },
  };
}
