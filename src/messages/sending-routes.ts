import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { isSettled } from '../outbox/outbox-state.ts';
import type { DeviceId } from '../shared/ids.ts';
import { parseGroup } from '../whatsapp/recipient.ts';
import type { BulkPlan, BulkRequest, BulkSendService } from './bulk-send-service.ts';
import type { AcceptedText, MessageService, SentMessage, TextRequest } from './message-service.ts';
import * as schemas from './sending-schemas.ts';

interface SendingRoutesOptions {
  messageService: MessageService;
  bulkSendService: BulkSendService;
  idempotency: Idempotency;
}

/** Sending texts while the caller waits: one, or a few with a result each; to people and to groups. */
export const sendingRoutes: RoutePlugin<SendingRoutesOptions> = async (
  app,
  { messageService, bulkSendService, idempotency },
) => {
  app.post('/devices/:deviceId/send-message', sendMessage, async (request, reply) => {
    const { body } = request;
    const common = { deviceId: request.params.deviceId, whileOffline: whileOffline(request.query) };
    return body.form === 'one'
      ? sendOne(request, reply, { ...common, to: body.to, text: body.text })
      : sendMany(request, reply, { ...common, kind: 'text', items: body.items, delayMs: body.delayMs });
  });

  app.post('/devices/:deviceId/send-group-message', sendGroupMessage, async (request, reply) => {
    const { body } = request;
    const common = { deviceId: request.params.deviceId, whileOffline: whileOffline(request.query) };
    return body.form === 'one'
      ? sendOne(request, reply, { ...common, to: parseGroup(body.to), text: body.text })
      : sendMany(request, reply, {
          ...common,
          kind: 'group_text',
          items: body.items,
          delayMs: body.delayMs,
        });
  });

  async function sendOne(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: TextRequest & { deviceId: DeviceId },
  ) {
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => messageService.accept(asked, beside),
        answer: async (accepted: AcceptedText) => toldOfOne(await messageService.outcome(accepted)),
        atOnce: async () => toldOfOne(await messageService.sendText(asked.deviceId, asked)),
      },
    );
    reply.code(status);
    return body;
  }

  async function sendMany(request: FastifyRequest, reply: FastifyReply, asked: BulkRequest) {
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => bulkSendService.accept(asked, beside),
        answer: async (plan: BulkPlan) => {
          const data = await bulkSendService.outcome(plan);
          const { successCount, results } = data;
          const message = `${successCount} of ${results.length} messages accepted`;
          return { status: data.pendingCount === 0 ? 200 : 202, data, message };
        },
      },
    );
    reply.code(status);
    return body;
  }
};

function whileOffline({ queue }: { queue: boolean }) {
  return queue ? ('queue' as const) : ('refuse' as const);
}

function toldOfOne(sent: SentMessage) {
  return isSettled(sent.status)
    ? { status: 200, data: sent, message: 'Message sent' }
    : { status: 202, data: sent, message: 'Message accepted' };
}

const sending = {
  tags: ['Messages'],
  params: DeviceParams,
  querystring: schemas.SendQuery,
  headers: SendingHeaders,
  response: { 200: envelope(schemas.SentSchema), 202: envelope(schemas.SentSchema) },
} as const;

const sendMessage = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'sendMessage',
    description:
      'One text, or up to 50 with a result each. 202: something has not gone yet and goes by itself; do not send it again.',
    body: schemas.SendMessageBody,
  },
} as const;

const sendGroupMessage = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'sendGroupMessage',
    description: 'As send-message, to groups the device is a member of.',
    body: schemas.SendGroupMessageBody,
  },
} as const;
