import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import * as schemas from './message-schemas.ts';
import type { MessageService } from './message-service.ts';
import type { PollVotes } from './poll-votes.ts';

interface MessageRoutesOptions {
  messageService: MessageService;
  pollVotes: Pick<PollVotes, 'tally'>;
}

/** The status of a message, the result of a poll, and the plain list of what a device sent and received. */
export const messageRoutes: RoutePlugin<MessageRoutesOptions> = async (
  app,
  { messageService, pollVotes },
) => {
  app.get('/devices/:deviceId/messages', listMessages, async (request) => {
    const { direction = 'both', chat, page, pageSize, limit, cursor: before } = request.query;
    const size = pageSize ?? limit ?? DEFAULT_PAGE_SIZE;
    const { deviceId } = request.params;
    const range = { before, skip: (page - 1) * size, limit: size };
    const found = await messageService.list({ deviceId, direction, chat, ...range });
    return ok(request, { ...found, page, pageSize: size });
  });

  app.get('/devices/:deviceId/messages/:messageId', getMessage, async (request) => {
    const { deviceId, messageId } = request.params;
    return ok(request, await messageService.status(deviceId, messageId));
  });

  app.get('/devices/:deviceId/messages/:messageId/votes', getPollVotes, async (request) => {
    const { deviceId, messageId } = request.params;
    return ok(request, await pollVotes.tally(deviceId, messageId));
  });
};

const DEFAULT_PAGE_SIZE = 50;

const tags = ['Messages'];

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

const getPollVotes = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getPollVotes',
    tags,
    description: 'The result of a poll this device sent, as it stands: of each person the last vote.',
    params: schemas.MessageParams,
    response: { 200: envelope(schemas.PollVotesSchema) },
  },
} as const;
