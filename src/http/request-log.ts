import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { routeOf } from './error-handler.ts';

/** A request that was answered, in words of few: the pattern of its route, never the address. */
export interface AnsweredRequest {
  readonly method: string;
  /** `(none)` where no route matched. */
  readonly route: string;
  readonly status: number;
  /** From the request to the end of the answer. */
  readonly seconds: number;
}

interface RequestLogDeps {
  readonly log: Logger;
  /** Told of every answer beside the log. */
  readonly onAnswered: (request: AnsweredRequest) => void;
}

/** A caller may bring its own request id when it is short and plain enough to stand in a log and a header. */
const SANE_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function requestId(ids: Ids) {
  return (request: Pick<IncomingMessage, 'headers'>): string => {
    const brought = request.headers['x-request-id'];
    return typeof brought === 'string' && SANE_ID.test(brought) ? brought : ids.next();
  };
}

/** `X-Request-Id` on every answer, and one line of log for it: the route's pattern, never the address. */
export function logRequests(app: FastifyInstance, { log, onAnswered }: RequestLogDeps) {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      requestId: request.id,
      route: routeOf(request),
      status: reply.statusCode,
      keyId: request.access?.keyId ?? null,
      userId: request.access?.userId ?? null,
      ms: Math.round(reply.elapsedTime),
    };
    onAnswered({
      method: request.method,
      route: request.routeOptions.url ?? '(none)',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
    if (reply.statusCode >= 500) log.warn(line, 'request failed');
    else if (request.routeOptions.config.essential) log.debug(line, 'request answered');
    else log.info(line, 'request answered');
  });
}
