import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../shared/errors.ts';
import { type Access, ANONYMOUS, type Authenticate } from './access.ts';
import { presentedKey } from './credentials.ts';

const MINUTE_MS = 60_000;
/** Wrong keys an address may present in a minute before further unknown keys are not even looked up. */
const WRONG_KEYS_PER_MINUTE = 30;

interface GuardDeps {
  authenticate: Authenticate;
  /** Requests a minute for each key, or each address without one; 0 means no limit. */
  perMinute: number;
}

/**
 * Stands before every route: who is calling, is the limit kept, does the scope allow it, is the device one of the
 * caller's. A device outside the key's list answers as if it did not exist. WebSocket upgrades pass here as well.
 */
export async function installGuard(app: FastifyInstance, { authenticate, perMinute }: GuardDeps) {
  await app.register(rateLimit, { global: false });
  const wrongKeys = app.createRateLimit({
    max: WRONG_KEYS_PER_MINUTE,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => rateLimit.normalizeIP(request.ip, 64),
  });
  const requests = app.createRateLimit({
    max: perMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => request.access.keyId ?? rateLimit.normalizeIP(request.ip, 64),
  });

  async function identify(request: FastifyRequest): Promise<Access> {
    const key = presentedKey(request);
    if (key === null) return ANONYMOUS;
    const beforeLookUp = async () => {
      const guesses = await wrongKeys(request, { increment: false });
      if (!guesses.isAllowed && guesses.remaining === 0) throw tooMany(guesses.ttlInSeconds);
    };
    try {
      return await authenticate(key, beforeLookUp);
    } catch (error) {
      if (error instanceof AppError && error.code === 'API_KEY_INVALID') await wrongKeys(request);
      throw error;
    }
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
    const scope = request.is404 ? 'public' : request.routeOptions.config.scope;
    if (scope === 'public') {
      // A key is optional here; one that is wrong, or cannot be looked up now, must not make a health check fail.
      request.access = await identify(request).catch(anonymousIfRefused);
      return keepLimit(request, reply);
    }
    request.access = await identify(request);
    await keepLimit(request, reply);
    if (!scope) throw new AppError('ROUTE_NOT_FOUND');
    if (request.access.keyId === null) throw new AppError('UNAUTHORIZED');
    if (!request.access.may(scope)) throw new AppError('FORBIDDEN', { needs: scope });
    refuseForeignDevice(request.access, request.params);
  });
  // The body is known only here. A device named beside the path must be the caller's too.
  app.addHook('preHandler', async (request) => {
    if (request.access.deviceIds === null || request.access.keyId === null) return;
    refuseForeignDevice(request.access, request.query);
    refuseForeignDevice(request.access, request.body);
  });
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
