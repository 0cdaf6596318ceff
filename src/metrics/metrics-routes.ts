import { z } from 'zod';
import type { RoutePlugin } from '../http/fastify.ts';
import type { Metrics } from './metrics.ts';

/** `/metrics`, in the text format of Prometheus: for administrators, as it tells how much is sent and to whom the work is due. */
export const metricsRoutes: RoutePlugin<{ metrics: Metrics }> = async (app, { metrics }) => {
  app.get(
    '/metrics',
    {
      config: { scope: 'admin', essential: true },
      schema: {
        operationId: 'metrics',
        tags: ['Health'],
        response: {
          200: {
            description: 'Metrics in the text format of Prometheus',
            content: { 'text/plain': { schema: z.string() } },
          },
        },
      },
    },
    async (_request, reply) => {
      const text = await metrics.read();
      return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text);
    },
  );
};
