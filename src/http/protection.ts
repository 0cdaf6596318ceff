import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { watchLoopLag } from './loop-lag.ts';

/** Mean event-loop delay over a second beyond which new requests are turned away, in ms. */
const MAX_EVENT_LOOP_DELAY_MS = 2_000;
const RETRY_AFTER_SECONDS = 10;

/** Security headers, cross-origin rules and load shedding, for every route. */
export async function installProtection(
  app: FastifyInstance,
  { corsOrigins, clock }: { corsOrigins: readonly string[]; clock: Clock },
) {
  const lag = watchLoopLag(clock);
  app.addHook('onClose', async () => lag.stop());
  await app.register(underPressure, {
    maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
    pressureHandler: (request, _reply, _type, delayMs) =>
      shedLoad(request, { delayMs, isLasting: lag.isLasting() }),
  });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        // A file chosen in a form is shown before it is sent: that is what blob: is for.
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Served over plain HTTP on the loopback by default; whoever adds TLS in front adds this header there.
    strictTransportSecurity: false,
  });
  if (corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'last-event-id',
      'token',
      'x-api-key',
      'x-backup-passphrase',
    ],
    exposedHeaders: ['idempotency-replayed', 'retry-after', 'x-request-id'],
    maxAge: 600,
  });
}

/**
 * Throws OVERLOADED while the event loop is too slow; health checks are still answered. A turn of more than a second is
 * measured as infinite; a single one is over by the time it is measured, so only when they last somebody is refused.
 */
export function shedLoad(
  request: Pick<FastifyRequest, 'routeOptions'>,
  { delayMs, isLasting }: { delayMs: number | undefined; isLasting: boolean },
) {
  const isOver = delayMs === Number.POSITIVE_INFINITY && !isLasting;
  if (request.routeOptions.config.essential || isOver) return;
  throw new AppError('OVERLOADED', { retryAfter: RETRY_AFTER_SECONDS });
}
