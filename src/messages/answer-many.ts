import { answerOnce, type Exchange } from '../http/idempotency.ts';
import type { BulkPlan, BulkRequest, BulkSendService } from './bulk-send-service.ts';

interface ManyMessages extends Exchange {
  readonly reply: Exchange['reply'] & { code(status: number): unknown };
  readonly bulkSendService: BulkSendService;
}

/** Sends a few messages and answers what became of each; a repeated request with the same key sends nothing. */
export async function answerMany(
  { request, reply, bulkSendService, idempotency }: ManyMessages,
  asked: BulkRequest,
) {
  const { status, body } = await answerOnce(
    { request, reply, idempotency },
    {
      accept: (beside) => bulkSendService.accept(asked, beside),
      answer: async (plan: BulkPlan) => {
        const data = await bulkSendService.outcome(plan);
        const { successCount, results } = data;
        const message = `${successCount} of ${results.length} messages accepted`;
        return { status: data.pendingCount === 0 ? (200 as const) : (202 as const), data, message };
      },
    },
  );
  reply.code(status);
  return body;
}
