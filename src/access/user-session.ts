import { createHmac } from 'node:crypto';
import type { Random } from '../shared/random.ts';
import type { User } from './user.ts';

/** A browser in which somebody signed in. What its cookie holds is not kept, only a hash of it. */
export interface UserSession {
  /** ULID. */
  readonly sessionId: string;
  readonly userId: string;
  /** HMAC-SHA-256 of what the cookie holds, 64 hex digits. */
  readonly tokenHash: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** However busy it is. */
  readonly expiresAt: Date;
}

/** A session with the person it belongs to. */
export interface SignedIn {
  readonly session: UserSession;
  readonly user: User;
}

const HOUR_MS = 3_600_000;
/** How long nobody may use a session before it ends. */
export const IDLE_MS = 12 * HOUR_MS;
/** How long a session lasts at most. */
export const LONGEST_MS = 7 * 24 * HOUR_MS;

/** Neither ended by time nor by what became of the person. */
export function isAlive({ session, user }: SignedIn, now: Date): boolean {
  const isIdle = now.getTime() - session.lastSeenAt.getTime() >= IDLE_MS;
  return user.status === 'active' && session.expiresAt > now && !isIdle;
}

const TOKEN_BYTES = 32;

/** What a cookie holds: 43 characters of base64url. */
export function makeToken(random: Random): string {
  return random.bytes(TOKEN_BYTES).toString('base64url');
}

/** What is stored of it. A fast hash is right: 32 random bytes cannot be guessed. */
export function hashToken(token: string, secret: string): string {
  return createHmac('sha256', secret).update(`session ${token}`).digest('hex');
}

/** What our own pages show beside the cookie: known to whoever may read an answer, and to nobody else. */
export function csrfTokenOf(token: string, secret: string): string {
  return createHmac('sha256', secret).update(`csrf ${token}`).digest('base64url');
}
