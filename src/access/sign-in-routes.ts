import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import type { SessionCookie } from '../http/session-cookie.ts';
import type { SetupLink } from './setup-link.ts';
import { LoginBody, SessionSchema, SetupBody } from './sign-in-schemas.ts';
import type { SignInService } from './sign-in-service.ts';
import { scopesOf, type User } from './user.ts';
import type { UserService } from './user-service.ts';
import type { NewSession, UserSessionService } from './user-session-service.ts';

interface SignInOptions {
  users: UserService;
  signIns: SignInService;
  sessions: UserSessionService;
  setupLink: SetupLink;
  cookie: SessionCookie;
  /** Whether this server talks to a simulator. */
  isSandbox: boolean;
}

type SessionAnswer = z.output<typeof SessionSchema>;

/** Signing in and out, for the pages of this server. Mounted under `/api/auth`. */
export const signInRoutes: RoutePlugin<SignInOptions> = async (app, options) => {
  const { users, signIns, sessions, setupLink, cookie, isSandbox: sandbox } = options;
  const tags = ['People'];
  const stranger = { scope: 'public', signsIn: true } as const;
  const answer = envelope(SessionSchema);

  /** A new session with every sign-in: nobody can have planted this one. */
  async function enter(request: FastifyRequest, reply: FastifyReply, user: User): Promise<SessionAnswer> {
    const former = cookie.read(request);
    if (former !== null) await sessions.endByToken(former);
    const session = await sessions.begin(user);
    cookie.set(reply, session.token, session.expiresAt);
    request.audited.actor = { kind: 'user', id: user.userId, name: user.name };
    return { ...signedIn(session), sandbox };
  }

  app.get(
    '/session',
    { config: { scope: 'public' }, schema: { operationId: 'getSignIn', tags, response: { 200: answer } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { userId, session } = request.access;
      if (userId !== null && session !== null) {
        const user = await users.get(userId);
        return ok(request, { ...signedIn({ ...session, user }), sandbox });
      }
      if (cookie.read(request) !== null) cookie.clear(reply);
      return ok(request, { authenticated: false, setupNeeded: (await users.count()) === 0, sandbox });
    },
  );

  app.post(
    '/setup',
    {
      config: stranger,
      schema: { operationId: 'setup', tags, body: SetupBody, response: { 201: answer } },
    },
    async (request, reply) => {
      const { token, ...order } = request.body;
      const data = await enter(request, reply, await setupLink.redeem(token, order));
      return reply.code(201).send(ok(request, data, 'Signed in'));
    },
  );

  app.post(
    '/login',
    {
      config: stranger,
      schema: { operationId: 'login', tags, body: LoginBody, response: { 200: answer } },
    },
    async (request, reply) => {
      // Only who exists is noted: people also type passwords where the e-mail address belongs.
      const onAccount = (userId: string) => {
        request.audited.target = `userId=${userId}`;
      };
      const user = await signIns.signIn({ ...request.body, address: addressOf(request), onAccount });
      return ok(request, await enter(request, reply, user), 'Signed in');
    },
  );

  app.post(
    '/logout',
    {
      config: { scope: 'public' },
      schema: { operationId: 'logout', tags, response: { 200: envelope(NoData) } },
    },
    async (request, reply) => {
      const token = cookie.read(request);
      if (token !== null && request.access.session !== null) await sessions.endByToken(token);
      cookie.clear(reply);
      return ok(request, null, 'Signed out');
    },
  );
};

/** Whoever has an IPv6 address has a whole network of them. */
export function addressOf(request: FastifyRequest): string {
  return rateLimit.normalizeIP(request.ip, 64);
}

function signedIn({ user, csrfToken, expiresAt }: Omit<NewSession, 'token'>): Omit<SessionAnswer, 'sandbox'> {
  const { userId, name, email, role, locale, deviceIds } = user;
  return {
    authenticated: true,
    setupNeeded: false,
    user: { userId, name, email, role, locale },
    scopes: [...scopesOf(role)],
    deviceIds: deviceIds && [...deviceIds],
    csrfToken,
    expiresAt: expiresAt.toISOString(),
  };
}
