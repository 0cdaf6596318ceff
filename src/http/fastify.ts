import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { FastifyPluginAsyncZod, ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Access } from './access.ts';
import type { Failure } from './envelope.ts';
import type { RouteScope } from './scopes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; see http/scopes.ts. */
    scope?: RouteScope;
    /** For people who are not signed in yet: cookies say nothing here, and a request another site made is refused. */
    signsIn?: true;
    /** Whether the audit log keeps it; without a word, what is not a GET is kept. */
    audited?: boolean;
    /** Answered even while the server sheds load. */
    essential?: boolean;
    /** A header that may bring the key too, for callers who cannot send ours. */
    keyHeader?: string;
    /** What a failure looks like here, for callers who know another shape than ours. */
    failureShape?: (failure: Failure, status: number) => object;
  }
  interface FastifyRequest {
    access: Access;
  }
  interface FastifyInstance {
    /** The time now as every envelope shows it. */
    timestamp(): string;
  }
}

/** The Fastify instance feature plugins get: schemas are zod and type the handler. */
export type ApiInstance = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/**
 * A feature's routes. Mounted as `api.register(deviceRoutes, { prefix: '/api/whatsapp-multi-device', ...deps })`;
 * each route says `config: { scope: 'device:read' }`.
 */
export type RoutePlugin<Deps extends object> = FastifyPluginAsyncZod<Deps & Record<never, never>>;
