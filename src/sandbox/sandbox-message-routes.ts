import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import * as answers from './sandbox-answer-schemas.ts';
import type { SandboxMessageService } from './sandbox-message-service.ts';
import * as schemas from './sandbox-schemas.ts';

interface SandboxMessageRoutesOptions {
  messages: SandboxMessageService;
}

/** What the owner of a simulated phone reads and writes. Mounted under `/api/sandbox`. */
export const sandboxMessageRoutes: RoutePlugin<SandboxMessageRoutesOptions> = async (app, { messages }) => {
  app.get('/phones/:phone/messages', listMessages, async (request) =>
    ok(request, await messages.messages(request.params.phone, request.query)),
  );

  app.post('/phones/:phone/send', send, async (request, reply) =>
    reply.code(201).send(ok(request, await messages.send(request.params.phone, request.body), 'Sent')),
  );

  app.post('/phones/:phone/send-media', sendMedia, async (request, reply) =>
    reply.code(201).send(ok(request, await messages.sendMedia(request.params.phone, request.body), 'Sent')),
  );

  app.post('/phones/:phone/messages/:messageId/reply', replyTo, async (request, reply) => {
    const { phone, messageId } = request.params;
    return reply.code(201).send(ok(request, await messages.reply(phone, messageId, request.body), 'Sent'));
  });

  app.post('/phones/:phone/messages/:messageId/edit', edit, async (request, reply) => {
    const { phone, messageId } = request.params;
    const edited = await messages.edit(phone, messageId, request.body.text);
    return reply.code(201).send(ok(request, edited, 'Edited'));
  });

  app.post('/phones/:phone/messages/:messageId/revoke', revoke, async (request, reply) => {
    const { phone, messageId } = request.params;
    return reply.code(201).send(ok(request, await messages.revoke(phone, messageId), 'Taken back'));
  });

  app.post('/phones/:phone/messages/:messageId/react', react, async (request, reply) => {
    const { phone, messageId } = request.params;
    const reaction = await messages.react(phone, messageId, request.body.emoji);
    return reply.code(201).send(ok(request, reaction, 'Sent'));
  });

  app.post('/phones/:phone/read', read, async (request) =>
    ok(request, await messages.read(request.params.phone, request.body)),
  );

  app.put('/phones/:phone/auto-reply', setAutoReply, async (request) =>
    ok(
      request,
      await messages.setAutoReply(request.params.phone, request.body),
      'The phone answers by itself',
    ),
  );

  app.delete('/phones/:phone/auto-reply', endAutoReply, async (request) =>
    ok(request, await messages.setAutoReply(request.params.phone, null), 'The phone answers no more'),
  );

  app.put('/phones/:phone/presence', setPresence, async (request) =>
    ok(request, await messages.setPresence(request.params.phone, request.body.presence)),
  );

  app.post('/phones/:phone/typing', setTyping, async (request) =>
    ok(request, await messages.setTyping(request.params.phone, request.body)),
  );
};

const config = { scope: 'admin' } as const;
const tags = ['Sandbox'];
const params = schemas.PhoneParams;
const message = { 201: envelope(answers.PhoneMessageSchema) };

const listMessages = {
  config,
  schema: {
    operationId: 'listSandboxMessages',
    tags,
    params,
    querystring: schemas.PhoneMessagesQuery,
    response: { 200: envelope(answers.PhoneMessageListSchema) },
  },
} as const;

const send = {
  config,
  schema: { operationId: 'sendFromSandboxPhone', tags, params, body: schemas.SendBody, response: message },
} as const;

const sendMedia = {
  config,
  schema: {
    operationId: 'sendMediaFromSandboxPhone',
    tags,
    description: 'The phone sends a small sample file.',
    params,
    body: schemas.SendMediaBody,
    response: message,
  },
} as const;

const onMessage = { tags, params: schemas.PhoneMessageParams, response: message };

const replyTo = {
  config,
  schema: { ...onMessage, operationId: 'replyFromSandboxPhone', body: schemas.ReplyBody },
} as const;

const edit = {
  config,
  schema: { ...onMessage, operationId: 'editOnSandboxPhone', body: schemas.EditBody },
} as const;

const revoke = { config, schema: { ...onMessage, operationId: 'revokeOnSandboxPhone' } } as const;

const react = {
  config,
  schema: { ...onMessage, operationId: 'reactFromSandboxPhone', body: schemas.ReactBody },
} as const;

const read = {
  config,
  schema: {
    operationId: 'readOnSandboxPhone',
    tags,
    params,
    body: schemas.ReadBody,
    response: { 200: envelope(answers.ReadSchema) },
  },
} as const;

const setAutoReply = {
  config,
  schema: {
    operationId: 'setSandboxAutoReply',
    tags,
    params,
    body: schemas.AutoReplyBody,
    response: { 200: envelope(answers.AutoReplySchema) },
  },
} as const;

const endAutoReply = {
  config,
  schema: {
    operationId: 'endSandboxAutoReply',
    tags,
    params,
    response: { 200: envelope(answers.AutoReplySchema) },
  },
} as const;

const setPresence = {
  config,
  schema: {
    operationId: 'setSandboxPresence',
    tags,
    params,
    body: schemas.PresenceBody,
    response: { 200: envelope(answers.PresenceSchema) },
  },
} as const;

const setTyping = {
  config,
  schema: {
    operationId: 'setSandboxTyping',
    tags,
    params,
    body: schemas.TypingBody,
    response: { 200: envelope(answers.TypingSchema) },
  },
} as const;
