import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RoutePlugin } from '../http/fastify.ts';
import { type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { parseGroup } from '../whatsapp/recipient.ts';
import { answerMany } from './answer-many.ts';
import { answerOne, whileOffline } from './answer-one.ts';
import type { BulkSendService } from './bulk-send-service.ts';
import type { MessageService } from './message-service.ts';
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
  const one = (request: FastifyRequest, reply: FastifyReply) => ({
    request,
    reply,
    messageService,
    idempotency,
  });

  app.post('/devices/:deviceId/send-message', sendMessage, async (request, reply) => {
    const { body } = request;
    const common = { deviceId: request.params.deviceId, whileOffline: whileOffline(request.query) };
    return body.form === 'one'
      ? answerOne(one(request, reply), { ...common, to: body.to, content: textOf(body) })
      : answerMany(
          { request, reply, bulkSendService, idempotency },
          { ...common, kind: 'text', items: body.items, delayMs: body.delayMs },
        );
  });

  app.post('/devices/:deviceId/send-group-message', sendGroupMessage, async (request, reply) => {
    const { body } = request;
    const common = { deviceId: request.params.deviceId, whileOffline: whileOffline(request.query) };
    return body.form === 'one'
      ? answerOne(one(request, reply), { ...common, to: parseGroup(body.to), content: textOf(body) })
      : answerMany(
          { request, reply, bulkSendService, idempotency },
          {
            ...common,
            kind: 'group_text',
            items: body.items,
            delayMs: body.delayMs,
          },
        );
  });
};

const textOf = ({ text }: { text: string }) => ({ kind: 'text', text }) as const;

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
