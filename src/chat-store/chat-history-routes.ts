import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { parseJid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseGroup, parseRecipient } from '../whatsapp/recipient.ts';
import * as schemas from './chat-history-schemas.ts';
import type { ChatHistoryService } from './chat-history-service.ts';
import type { LocalDays } from './local-days.ts';

interface ChatHistoryRoutesOptions {
  readonly chatHistory: ChatHistoryService;
  readonly days: LocalDays;
  readonly defaultCountry: DefaultCountry;
}

/** What was said in the chats of a live device: from its bounded store, and from its phone. */
export const chatHistoryRoutes: RoutePlugin<ChatHistoryRoutesOptions> = async (app, options) => {
  const { chatHistory, days, defaultCountry } = options;

  app.get('/devices/:deviceId/chat-history/:jid', getChatHistory, async (request) => {
    const { deviceId, jid } = request.params;
    const { waitSeconds, ...page } = request.query;
    const chat = (jid.includes('@') ? parseJid(jid) : null) ?? parseRecipient(jid, defaultCountry);
    return ok(
      request,
      await chatHistory.history({ deviceId, chat, before: undefined, ...page, waitMs: waitSeconds * 1000 }),
    );
  });

  app.get('/devices/:deviceId/group-chat-history/:groupId', getGroupChatHistory, async (request) => {
    const { deviceId, groupId } = request.params;
    const { waitSeconds, ...page } = request.query;
    const chat = parseGroup(groupId);
    return ok(
      request,
      await chatHistory.history({ deviceId, chat, before: undefined, ...page, waitMs: waitSeconds * 1000 }),
    );
  });

  app.get('/devices/:deviceId/daily-chat-list', listDailyChats, async (request) => {
    const { deviceId } = request.params;
    const { date = days.today(), includeGroups, limit, offset } = request.query;
    const groups = includeGroups ? 'included' : 'left-out';
    const found = await chatHistory.dailyChats({ deviceId, day: days.of(date), groups, limit, offset });
    return ok(request, { date, ...found, limit, offset });
  });
};

const tags = ['Chat history'];

const getChatHistory = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getChatHistory',
    tags,
    params: schemas.ChatParams,
    querystring: schemas.ChatHistoryQuery,
    response: { 200: envelope(schemas.ChatHistorySchema) },
  },
} as const;

const getGroupChatHistory = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getGroupChatHistory',
    tags,
    params: schemas.GroupChatParams,
    querystring: schemas.ChatHistoryQuery,
    response: { 200: envelope(schemas.ChatHistorySchema) },
  },
} as const;

const listDailyChats = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'listDailyChats',
    tags,
    params: DeviceParams,
    querystring: schemas.DailyChatsQuery,
    response: { 200: envelope(schemas.DailyChatsSchema) },
  },
} as const;
