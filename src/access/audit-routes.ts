import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { AuditLog } from './audit-log.ts';
import { AuditPageSchema, AuditQuery } from './audit-schemas.ts';

/** `GET /audit`: who changed what, newest first, for administrators. Mounted under `/api/auth`. */
export const auditRoutes: RoutePlugin<{ auditLog: AuditLog }> = async (app, { auditLog }) => {
  app.get(
    '/audit',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'listAudit',
        tags: ['People'],
        querystring: AuditQuery,
        response: { 200: envelope(AuditPageSchema) },
      },
    },
    async (request) => {
      const { page, pageSize, cursor, ...filter } = request.query;
      const found = await auditLog.list(filter, { page, pageSize, cursor });
      const items = found.items.map(({ at, actor, details, ...entry }) => ({
        ...entry,
        at: at.toISOString(),
        actor: { ...actor },
        details: details && { ...details },
      }));
      return ok(request, { ...found, items });
    },
  );
};
