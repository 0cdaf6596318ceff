import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../../shared/logger.ts';
import { contentRoutes } from './content-routes.ts';
import { createControlErrorHandler, errorBody } from './control-error.ts';
import type { ControlTarget } from './control-plugin.ts';
import { faultRoutes } from './fault-routes.ts';
import { groupRoutes, memberRoutes } from './group-routes.ts';
import { historyRoutes } from './history-routes.ts';
import { mediaRoutes } from './media-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { personRoutes } from './person-routes.ts';
import { phoneRoutes } from './phone-routes.ts';
import { SCAN_PATH, scanRoutes } from './scan-routes.ts';

export interface ControlServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /**
   * Answers a plain HTTP request that reached the WebSocket's port. Only the path for scanning is served there;
   * false means the request is none of ours.
   */
  handleForeignRequest(request: IncomingMessage, response: ServerResponse): boolean;
  close(): Promise<void>;
}

export interface ControlServerOptions {
  readonly target: ControlTarget;
  /** Demanded as `Authorization: Bearer …` on every route but the scanning of the upstream suite. */
  readonly token: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly log: Logger;
}

/** Nobody but this machine steers the simulator. */
const HOST = '127.0.0.1';
const BODY_LIMIT_BYTES = 256 * 1024;

/** Serves the control API. Rejects when the port is taken. */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { target, token, port, log } = options;
  const app = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: true,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(createControlErrorHandler(log));
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorBody('ROUTE_NOT_FOUND', 'There is no such route; see docs/simulator.md')),
  );
  await app.register(scanRoutes, target);
  await app.register(async (guarded) => {
    guarded.addHook('onRequest', async ({ headers }, reply) => {
      if (isToken(headers.authorization, token)) return;
      reply.header('www-authenticate', 'Bearer realm="simulator"');
      return reply.code(401).send(errorBody('UNAUTHORIZED', 'The control token is needed as a bearer token'));
    });
    for (const routes of [
      phoneRoutes,
      messageRoutes,
      groupRoutes,
      memberRoutes,
      mediaRoutes,
      contentRoutes,
      personRoutes,
      faultRoutes,
      historyRoutes,
    ]) {
      await guarded.register(routes, target);
    }
  });
  const url = await app.listen({ host: HOST, port });
  return {
    url,
    handleForeignRequest(request, response) {
      if (request.url?.split('?')[0] !== SCAN_PATH) return false;
      app.routing(request, response);
      return true;
    },
    close: () => app.close(),
  };
}

/** Compares digests, so that neither length nor time tells about the token. */
function isToken(header: string | undefined, token: string): boolean {
  const given = header?.replace(/^bearer\s+/i, '') ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
