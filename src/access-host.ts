import { startAccessPurge } from './access/access-purge.ts';
import { type AuditLog, createAuditLog } from './access/audit-log.ts';
import { createAuditRepository } from './access/audit-repository.ts';
import { auditRoutes } from './access/audit-routes.ts';
import { ownPasswordRoutes } from './access/own-password-routes.ts';
import { createPasswordHasher } from './access/password-hasher.ts';
import { createSetupLink, type SetupLink } from './access/setup-link.ts';
import { signInRoutes } from './access/sign-in-routes.ts';
import { createSignInService, type SignInService } from './access/sign-in-service.ts';
import { createSignInThrottle } from './access/sign-in-throttle.ts';
import { createUserRepository } from './access/user-repository.ts';
import { userRoutes } from './access/user-routes.ts';
import { createUserService, type UserService } from './access/user-service.ts';
import { createUserSessionRepository } from './access/user-session-repository.ts';
import { createUserSessionService, type UserSessionService } from './access/user-session-service.ts';
import type { WorkToStart } from './background-work.ts';
import type { Config } from './config/config.ts';
import { sessionSecret } from './config/secrets.ts';
import type { Database } from './database/database.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createSessionCookie, type Sessions } from './http/session-cookie.ts';
import { createSettingRepository } from './settings/setting-repository.ts';
import type { Clock } from './shared/clock.ts';
import type { Ids } from './shared/ids.ts';
import type { Logger } from './shared/logger.ts';
import type { Random } from './shared/random.ts';

interface AccessHostDeps {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly log: Logger;
}

/** People who sign in, for the server and the command line. */
export interface AccessHost {
  readonly users: UserService;
  readonly signIns: SignInService;
  readonly userSessions: UserSessionService;
  readonly setupLink: SetupLink;
  /** For the guard of the HTTP server. */
  readonly sessions: Sessions;
  readonly auditLog: AuditLog;
  readonly work: WorkToStart;
}

export function createAccessHost(deps: AccessHostDeps): AccessHost {
  const { config, database, clock, ids, random, log } = deps;
  const users = createUserRepository({ database });
  const hasher = createPasswordHasher();
  const secret = sessionSecret({ given: config.given.sessionSecret, dataDir: config.dataDir, random });
  const sessions = createUserSessionRepository({ database });
  const entries = createAuditRepository({ database });
  const userSessions = createUserSessionService({ sessions, secret, clock, ids, random, log });
  const userService = createUserService({ users, sessions: userSessions, hasher, clock, ids });
  const settings = createSettingRepository({ database, clock });
  return {
    users: userService,
    signIns: createSignInService({ users, hasher, throttle: createSignInThrottle({ clock }), clock, log }),
    userSessions,
    setupLink: createSetupLink({ users: userService, settings, random }),
    sessions: { ...userSessions, cookie: createSessionCookie({ isSecure: config.http.cookieSecure }) },
    auditLog: createAuditLog({ entries, clock, ids, log }),
    work: {
      access: () => startAccessPurge({ entries, sessions, days: config.auditLogDays, clock, log }),
    },
  };
}

/** Signing in and out, and the people themselves. */
export function mountAccess(
  api: ApiInstance,
  { users, signIns, userSessions, setupLink, sessions, auditLog }: AccessHost,
  { prefix, isSandbox }: { readonly prefix: string; readonly isSandbox: boolean },
): void {
  const { cookie } = sessions;
  api.register(signInRoutes, {
    prefix,
    users,
    signIns,
    sessions: userSessions,
    setupLink,
    cookie,
    isSandbox,
  });
  api.register(ownPasswordRoutes, { prefix, users, signIns });
  api.register(userRoutes, { prefix, users });
  api.register(auditRoutes, { prefix, auditLog });
}
