import { acceptFiles, jsonLimit } from '../http/body-files.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import { parseGroup } from '../whatsapp/recipient.ts';
import { answerMany } from './answer-many.ts';
import { answerOne, whileOffline } from './answer-one.ts';
import type { BulkSendService } from './bulk-send-service.ts';
import type { ContentComposer } from './content-composer.ts';
import { GroupMessageParams, SendGroupMediaBody, SendMediaBody } from './media-schemas.ts';
import type { MessageService } from './message-service.ts';
import { SendQuery, SentSchema } from './sending-schemas.ts';

interface MediaRoutesOptions {
  messageService: MessageService;
  bulkSendService: BulkSendService;
  contentComposer: ContentComposer;
  mediaIntake: MediaIntake;
  idempotency: Idempotency;
}

/** Sending files while the caller waits: one, or a few with a result each; to people and to groups. */
export const mediaRoutes: RoutePlugin<MediaRoutesOptions> = async (app, options) => {
  const { contentComposer, mediaIntake } = options;
  await acceptFiles(app, mediaIntake);
  const bodyLimit = jsonLimit(mediaIntake.maxBytes);

  app.post('/devices/:deviceId/send-media', { ...sendMedia, bodyLimit }, async (request, reply) => {
    const { body } = request;
    const { deviceId } = request.params;
    const common = { deviceId, whileOffline: whileOffline(request.query) };
    if (body.form === 'many') {
      return answerMany({ request, reply, ...options }, { ...common, ...body, kind: 'media', group: null });
    }
    const content = () => contentComposer.compose(deviceId, body.asked);
    return answerOne({ request, reply, ...options }, { ...common, to: body.to, content });
  });

  const toGroup = { ...sendGroupMedia, bodyLimit };
  app.post('/devices/:deviceId/groups/:groupId/send-media', toGroup, async (request, reply) => {
    const { body } = request;
    const { deviceId } = request.params;
    const group = parseGroup(request.params.groupId);
    const common = { deviceId, whileOffline: whileOffline(request.query) };
    if (body.form === 'many') {
      return answerMany({ request, reply, ...options }, { ...common, ...body, kind: 'media', group });
    }
    const content = () => contentComposer.compose(deviceId, body.asked);
    return answerOne({ request, reply, ...options }, { ...common, to: group, content });
  });
};

const sending = {
  tags: ['Messages'],
  consumes: ['application/json', 'multipart/form-data'],
  querystring: SendQuery,
  headers: SendingHeaders,
  response: { 200: envelope(SentSchema), 202: envelope(SentSchema) },
};

const sendMedia = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'sendMedia',
    params: DeviceParams,
    description:
      'One file, as a form, as base64 or from a URL, or up to 50 (JSON only) with a result each. What the bytes are must match what they claim.',
    body: SendMediaBody,
  },
} as const;

const sendGroupMedia = {
  config: { scope: 'message:send' },
  schema: {
    ...sending,
    operationId: 'sendGroupMedia',
    params: GroupMessageParams,
    description: 'As send-media, to a group the device is a member of.',
    body: SendGroupMediaBody,
  },
} as const;
