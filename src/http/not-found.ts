import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendFailure } from './error-handler.ts';
import type { RouteTable } from './route-table.ts';

/** 405 with `Allow` where the address exists under another method, 404 elsewhere. */
export function createNotFoundHandler(table: RouteTable) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    const [path = '/'] = request.url.split('?', 1);
    const allowed = table.methodsAt(path);
    if (allowed.length === 0) return sendFailure(request, reply, { code: 'ROUTE_NOT_FOUND' });
    reply.header('allow', allowed.join(', '));
    return sendFailure(request, reply, { code: 'METHOD_NOT_ALLOWED', details: { allowed } });
  };
}
