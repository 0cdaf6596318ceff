import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../shared/errors.ts';
import { type Access, ANONYMOUS, type Authenticate } from './access.ts';
import { presentedKey } from './credentials.ts';
import { refuseForeignOrigin, refuseForgery } from './csrf.ts';
import type { RouteScope } from './scopes.ts';
import type { Sessions } from './session-cookie.ts';

const MINUTE_MS = 60_000;
/** Wrong keys an address may present in a minute before further unknown keys are not even looked up. */
const WRONG_KEYS_PER_MINUTE = 30;
/** The same for cookies: nobody guesses 32 bytes, and many pages behind one address may have been left open. */
const WRONG_COOKIES_PER_MINUTE = 300;

interface GuardDeps {
  authenticate: Authenticate;
  /** People who signed in; null where only keys are known. */
  sessions: Sessions | null;
  /** Requests a minute for each key or person, or each address without one; 0 means no limit. */
  perMinute: number;
}

/**
 * Stands before every route: who is calling, is the limit kept, does the scope allow it, is the device one of the
 * caller's. A device outside the caller's list answers as if it did not exist. WebSocket upgrades pass here as well. A key
 * goes before a cookie; what comes by cookie must come from our own pages (csrf.ts).
 */
export async function installGuard(app: FastifyInstance, { authenticate, sessions, perMinute }: GuardDeps) {
  await app.register(rateLimit, { global: false });
  const wrong = (max: number) =>
    app.createRateLimit({
      max,
      timeWindow: MINUTE_MS,
      keyGenerator: (request) => rateLimit.normalizeIP(request.ip, 64),
    });
  const wrongKeys = wrong(WRONG_KEYS_PER_MINUTE);
  const wrongCookies = wrong(WRONG_COOKIES_PER_MINUTE);
  const requests = app.createRateLimit({
    max: perMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => request.access.callerId ?? rateLimit.normalizeIP(request.ip, 64),
  });

  async function identify(request: FastifyRequest): Promise<Access> {
    const key = presentedKey(request);
    if (key !== null) return look(request, { authenticate, presented: key, guesses: wrongKeys });
    const token = sessions?.cookie.read(request) ?? null;
    if (sessions === null || token === null) return ANONYMOUS;
    return look(request, {
      authenticate: sessions.authenticate,
      presented: token,
      guesses: wrongCookies,
    });
  }

  async function keepLimit(request: FastifyRequest, reply: FastifyReply) {
    if (perMinute === 0) return;
    const limit = await requests(request);
    if (limit.isAllowed) return;
    reply.header('x-ratelimit-limit', limit.max);
    reply.header('x-ratelimit-remaining', limit.remaining);
    reply.header('x-ratelimit-reset', limit.ttlInSeconds);
    if (limit.isExceeded) throw tooMany(limit.ttlInSeconds);
  }

  app.decorateRequest('access');
  app.addHook('onRequest', async (request, reply) => {
    request.access = ANONYMOUS;
    const { scope: declared, signsIn } = request.routeOptions.config;
    const scope = request.is404 ? 'public' : declared;
    if (signsIn) {
      await keepLimit(request, reply);
      return refuseForeignOrigin(request, { isNeeded: false });
    }
    if (scope === 'public') {
      // A key is optional here; one that is wrong, or cannot be looked up now, must not make a health check fail.
      request.access = await identify(request).catch(anonymousIfRefused);
      await keepLimit(request, reply);
      return refuseForgedRequest(request);
    }
    request.access = await identify(request);
    await keepLimit(request, reply);
    if (!scope) throw new AppError('ROUTE_NOT_FOUND');
    if (request.access.callerId === null) throw new AppError('UNAUTHORIZED');
    refuseForgedRequest(request);
    refuseMissingRight(request.access, scope);
    refuseForeignDevice(request.access, request.params);
  });
  // The body is known only here. A device named beside the path must be the caller's too.
  app.addHook('preHandler', async (request) => {
    if (request.access.deviceIds === null || request.access.callerId === null) return;
    refuseForeignDevice(request.access, request.query);
    refuseForeignDevice(request.access, request.body);
  });
}

/** Asks who presents this, unless the address has guessed too often. */
async function look(
  request: FastifyRequest,
  { authenticate, presented, guesses }: { authenticate: Authenticate; presented: string; guesses: Guesses },
): Promise<Access> {
  const beforeLookUp = async () => {
    const wrong = await guesses(request, { increment: false });
    if (!wrong.isAllowed && wrong.remaining === 0) throw tooMany(wrong.ttlInSeconds);
  };
  try {
    return await authenticate(presented, beforeLookUp);
  } catch (error) {
    if (error instanceof AppError && WRONG.has(error.code)) await guesses(request);
    throw error;
  }
}

type Guesses = ReturnType<FastifyInstance['createRateLimit']>;
const WRONG = new Set<ErrorCode>(['API_KEY_INVALID', 'SESSION_EXPIRED']);

function refuseForgedRequest(request: FastifyRequest) {
  const { session } = request.access;
  if (session !== null && !request.is404) refuseForgery(request, session);
}

function refuseMissingRight(access: Access, scope: Exclude<RouteScope, 'public'>) {
  const isAllowed = scope === 'signed-in' ? access.userId !== null : access.may(scope);
  if (!isAllowed) throw new AppError('FORBIDDEN', { needs: scope });
}

function anonymousIfRefused(error: unknown): Access {
  if (error instanceof AppError) return ANONYMOUS;
  throw error;
}

function refuseForeignDevice(access: Access, source: unknown) {
  if (typeof source !== 'object' || source === null || !('deviceId' in source)) return;
  const { deviceId } = source;
  if (typeof deviceId === 'string' && !access.mayUse(deviceId)) {
    throw new AppError('DEVICE_NOT_FOUND', { deviceId });
  }
}

function tooMany(retryAfter: number): AppError {
  return new AppError('RATE_LIMITED', { retryAfter });
}
