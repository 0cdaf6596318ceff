import { acceptFiles, jsonLimit } from '../http/body-files.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import { parseGroup } from '../whatsapp/recipient.ts';
import { answerOne, whileOffline } from './answer-one.ts';
import type { ContentComposer } from './content-composer.ts';
import * as contents from './content-schemas.ts';
import { GroupMessageParams } from './media-schemas.ts';
import { MessageParams } from './message-schemas.ts';
import type { MessageService } from './message-service.ts';
import { SendQuery, SentMessageSchema } from './sending-schemas.ts';

interface ContentRoutesOptions {
  messageService: MessageService;
  contentComposer: ContentComposer;
  mediaIntake: MediaIntake;
  idempotency: Idempotency;
}

/** The general door: messages of any kind, and what changes a message that was sent. */
export const contentRoutes: RoutePlugin<ContentRoutesOptions> = async (app, options) => {
  const { contentComposer } = options;

  app.register(async (scope) => generalDoor(scope, options));

  app.post('/devices/:deviceId/groups/:groupId/mention-message', mentionMessage, async (request, reply) => {
    const { deviceId, groupId } = request.params;
    const content = contentComposer.mention(request.body.message, request.body.mentions);
    const order = { deviceId, to: parseGroup(groupId), content, whileOffline: whileOffline(request.query) };
    return answerOne({ request, reply, ...options }, order);
  });

  app.patch('/devices/:deviceId/messages/:messageId', editMessage, async (request, reply) => {
    const { deviceId, messageId } = request.params;
    const edit = await contentComposer.edit(deviceId, messageId, request.body.text);
    const order = { deviceId, ...edit, whileOffline: whileOffline(request.query) };
    return answerOne({ request, reply, ...options }, order);
  });

  app.delete('/devices/:deviceId/messages/:messageId', revokeMessage, async (request, reply) => {
    const { deviceId, messageId } = request.params;
    const revocation = await contentComposer.revoke(deviceId, messageId);
    const order = { deviceId, ...revocation, whileOffline: whileOffline(request.query) };
    return answerOne({ request, reply, ...options }, order);
  });
};

/** In a scope of its own: only here bodies bring files. */
const generalDoor: RoutePlugin<ContentRoutesOptions> = async (app, options) => {
  const { contentComposer, mediaIntake } = options;
  await acceptFiles(app, mediaIntake);
  const route = { ...sendContent, bodyLimit: jsonLimit(mediaIntake.maxBytes) };

  app.post('/devices/:deviceId/messages', route, async (request, reply) => {
    const { deviceId } = request.params;
    const { to, ...asked } = request.body;
    const content = () => contentComposer.compose(deviceId, asked);
    const order = { deviceId, to, content, whileOffline: whileOffline(request.query) };
    return answerOne({ request, reply, ...options }, order);
  });
};

const sending = {
  tags: ['Messages'],
  querystring: SendQuery,
  headers: SendingHeaders,
  response: { 200: envelope(SentMessageSchema), 202: envelope(SentMessageSchema) },
} as const;

const sendContent = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'sendContent',
    params: DeviceParams,
    description: 'One message of any kind: text, file, location, contact, poll, reaction, forward.',
    body: contents.SendContentBody,
  },
} as const;

const mentionMessage = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'mentionMessage',
    params: GroupMessageParams,
    description: 'A text to a group that names members where its placeholders are.',
    body: contents.MentionBody,
  },
} as const;

const editMessage = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'editMessage',
    params: MessageParams,
    description: 'A new text for a text of ours, within 15 minutes; the answer is about the edit.',
    body: contents.EditBody,
  },
} as const;

const revokeMessage = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'revokeMessage',
    params: MessageParams,
    description:
      'Takes a message back for everyone, within 60 hours: one of ours, or in a group one of anybody. The answer is about the revocation.',
  },
} as const;
