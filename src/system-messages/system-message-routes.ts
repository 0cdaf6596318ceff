import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { identityOf } from '../http/idempotency.ts';
import { envelope } from '../http/schemas.ts';
import {
  SystemMessageBody,
  SystemMessageHeaders,
  SystemMessageSentSchema,
} from './system-message-schemas.ts';
import type { SystemMessageService } from './system-message-service.ts';

interface SystemMessageRoutesOptions {
  readonly systemMessages: SystemMessageService;
}

/** Messages that any device of a pool may send. */
export const systemMessageRoutes: RoutePlugin<SystemMessageRoutesOptions> = async (
  app,
  { systemMessages },
) => {
  app.post('/system-messages', sendSystemMessage, async (request, reply) => {
    const { purpose = null, ...message } = request.body;
    const asker = { access: request.access, identity: identityOf(request) };
    const { sent, isReplayed } = await systemMessages.send({ ...message, purpose }, asker);
    if (isReplayed) reply.header('idempotency-replayed', 'true');
    const status = systemMessages.statusOf(sent);
    return reply.code(status).send(ok(request, sent, status === 200 ? 'Message sent' : 'Message accepted'));
  });
};

const sendSystemMessage = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'sendSystemMessage',
    tags: ['Messages'],
    description:
      'One text from whichever device of a pool can send it; devices that are away are brought back first.',
    headers: SystemMessageHeaders,
    body: SystemMessageBody,
    response: { 200: envelope(SystemMessageSentSchema), 202: envelope(SystemMessageSentSchema) },
  },
} as const;
