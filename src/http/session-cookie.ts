import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Unsubscribe } from '../shared/event-bus.ts';
import type { Authenticate } from './access.ts';

/** The cookie a browser is known by after somebody signed in. */
export interface SessionCookie {
  /** What it holds, if it can be one of ours. */
  read(request: FastifyRequest): string | null;
  set(reply: FastifyReply, token: string, expiresAt: Date): void;
  clear(reply: FastifyReply): void;
}

/** Who signed in where; src/access has it. */
export interface Sessions {
  readonly cookie: SessionCookie;
  /** As for keys, by what the cookie holds; throws AppError SESSION_EXPIRED. */
  readonly authenticate: Authenticate;
  /** Tells the id of every session or person whose rights ended in this process. */
  onEnded(listener: (id: string) => void): Unsubscribe;
  /** Those of these sessions that have ended, in whatever process. */
  endedOf(sessionIds: readonly string[]): Promise<readonly string[]>;
}

/** 32 random bytes. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * `isSecure` is how it should be: the prefix makes browsers refuse the cookie unless it came over TLS (or from this
 * machine), for this host alone. Without it the cookie also travels over plain HTTP.
 */
export function createSessionCookie({ isSecure }: { isSecure: boolean }): SessionCookie {
  const name = isSecure ? '__Host-wafleet' : 'wafleet';
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure } as const;
  return {
    read(request) {
      const token = request.cookies[name];
      return token !== undefined && TOKEN.test(token) ? token : null;
    },
    set: (reply, token, expires) => void reply.setCookie(name, token, { ...options, expires }),
    clear: (reply) => void reply.clearCookie(name, options),
  };
}

/** Cookies are read before the guard and written by whoever signs in or out. */
export async function installCookies(app: FastifyInstance): Promise<void> {
  await app.register(cookie, { hook: 'onRequest' });
}
