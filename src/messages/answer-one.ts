import { answerOnce, type Exchange } from '../http/idempotency.ts';
import { isSettled } from '../outbox/outbox-state.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { AcceptedMessage, MessageService, SendRequest, SentMessage } from './message-service.ts';

interface OneMessage extends Exchange {
  readonly reply: Exchange['reply'] & { code(status: number): unknown };
  readonly messageService: MessageService;
}

/** Sends one message and answers what became of it; a repeated request with the same key sends nothing. */
export async function answerOne(
  { request, reply, messageService, idempotency, repeatKey }: OneMessage,
  asked: SendRequest & { deviceId: DeviceId },
) {
  const { status, body } = await answerOnce(
    { request, reply, idempotency, repeatKey },
    {
      accept: (beside) => messageService.accept(asked, beside),
      answer: async (accepted: AcceptedMessage) => toldOfOne(await messageService.outcome(accepted)),
      atOnce: async () => toldOfOne(await messageService.send(asked.deviceId, asked)),
    },
  );
  reply.code(status);
  return body;
}

export function whileOffline({ queue }: { queue: boolean }) {
  return queue ? ('queue' as const) : ('refuse' as const);
}

function toldOfOne(sent: SentMessage) {
  return isSettled(sent.status)
    ? { status: 200 as const, data: sent, message: 'Message sent' }
    : { status: 202 as const, data: sent, message: 'Message accepted' };
}
