import type { FastifyInstance } from 'fastify';
import type { Logger } from '../shared/logger.ts';
import { createErrorHandler } from './error-handler.ts';
import type { RouteScope } from './scopes.ts';

/** Under these prefixes plugins of other people register routes; they know nothing of scopes. */
const FOREIGN: readonly { prefix: string; scope: RouteScope }[] = [{ prefix: '/admin/', scope: 'admin' }];

/**
 * Gives every route under a foreign prefix the scope of that prefix, whoever registers it; our failures instead of the
 * plugin's; and no place in our documentation. Must be called before any route is registered.
 */
export function claimForeignRoutes(app: FastifyInstance, { log }: { log: Logger }) {
  const errorHandler = createErrorHandler(log);
  app.addHook('onRoute', (route) => {
    const owner = FOREIGN.find(({ prefix }) => route.url.startsWith(prefix));
    if (!owner) return;
    route.config = { ...route.config, scope: owner.scope };
    route.schema = { ...route.schema, hide: true };
    route.errorHandler = errorHandler;
  });
}
