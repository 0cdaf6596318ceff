import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { RoutePlugin } from '../http/fastify.ts';
import type { QueueBoard } from './queue-board.ts';

/** Under a foreign prefix (src/http/foreign-routes.ts): whatever the board registers is the administrator's. */
export const QUEUE_BOARD_PREFIX = '/admin/queues';

/** The pages of bull-board, to look at and not to touch: rows decide what is sent, and the sweep makes lost jobs again. */
export const queueBoardRoutes: RoutePlugin<{ board: QueueBoard }> = async (app, { board }) => {
  const pages = new FastifyAdapter().setBasePath(QUEUE_BOARD_PREFIX);
  const { replaceQueues } = createBullBoard({
    queues: [],
    serverAdapter: pages,
    options: { uiConfig: { boardTitle: 'wafleet wake-ups', hideRedisDetails: true } },
  });

  app.addHook('onRequest', async (_request, reply) => {
    const policy = String(reply.getHeader('content-security-policy') ?? '');
    reply.header('content-security-policy', loosened(policy));
    const queues = await board.queues();
    replaceQueues(queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })));
  });
  app.addHook('onClose', () => board.close());
  app.register(pages.registerPlugin(), { prefix: QUEUE_BOARD_PREFIX });
};

/** The page names its own address in a <base> and styles itself while it runs; scripts still come from here alone. */
function loosened(policy: string): string {
  return policy
    .replace("base-uri 'none'", "base-uri 'self'")
    .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");
}
