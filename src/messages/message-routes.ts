import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { isSettled } from '../outbox/outbox-state.ts';
import * as schemas from './message-schemas.ts';
import type { MessageService } from './message-service.ts';

interface MessageRoutesOptions {
  messageService: MessageService;
}

/** Sending one text, its status, and the plain list of what a device sent and received. */
export const messageRoutes: RoutePlugin<MessageRoutesOptions> = async (app, { messageService }) => {
  app.post('/devices/:deviceId/send-message', sendMessage, async (request, reply) => {
    const { to, message: text } = request.body;
    const whileOffline = request.query.queue ? 'queue' : 'refuse';
    const sent = await messageService.sendText(request.params.deviceId, { to, text, whileOffline });
    if (isSettled(sent.status)) return ok(request, sent, 'Message sent');
    return reply.code(202).send(ok(request, sent, 'Message accepted'));
  });

  app.get('/devices/:deviceId/messages', listMessages, async (request) => {
    const { direction = 'both', chat, limit, cursor } = request.query;
    const { deviceId } = request.params;
    return ok(request, await messageService.list({ deviceId, direction, chat, limit, before: cursor }));
  });

  app.get('/devices/:deviceId/messages/:messageId', getMessage, async (request) => {
    const { deviceId, messageId } = request.params;
    return ok(request, await messageService.status(deviceId, messageId));
  });
};

const tags = ['Messages'];

const sendMessage = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'sendMessage',
    tags,
    params: DeviceParams,
    querystring: schemas.SendQuery,
    body: schemas.SendTextBody,
    response: { 200: envelope(schemas.SentMessageSchema), 202: envelope(schemas.SentMessageSchema) },
  },
} as const;

const listMessages = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'listMessages',
    tags,
    params: DeviceParams,
    querystring: schemas.ListMessagesQuery,
    response: { 200: envelope(schemas.MessageListSchema) },
  },
} as const;

const getMessage = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getMessage',
    tags,
    params: schemas.MessageParams,
    response: { 200: envelope(schemas.MessageSchema) },
  },
} as const;
