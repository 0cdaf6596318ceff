import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { parseJid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import { parseRecipient } from '../whatsapp/recipient.ts';
import * as schemas from './chat-schemas.ts';
import type { ChatService } from './chat-service.ts';
import { sendCsv } from './csv-answer-routes.ts';
import type { HistoryService } from './history-service.ts';
import { HistoryListSchema, SessionParams } from './report-schemas.ts';

interface ChatRoutesOptions {
  chats: ChatService;
  history: HistoryService;
  defaultCountry: DefaultCountry;
}

/** History as conversations: the chats of a device, and what was said in one. */
export const chatRoutes: RoutePlugin<ChatRoutesOptions> = async (app, { chats, history, defaultCountry }) => {
  app.get('/sessions/:id/chats', listChats, async (request) => {
    const { q: text, ...paging } = request.query;
    return ok(request, await chats.list({ record: request.params.id, text }, request.access, paging));
  });

  app.get('/sessions/:id/chats/:chat/messages', listChatMessages, async (request, reply) => {
    const { id: record, chat: written } = request.params;
    const { date, start_date: start, end_date: end, format, ...paging } = request.query;
    const chat =
      (written.includes('@') ? parseJid(written) : null) ?? parseRecipient(written, defaultCountry);
    const question = { subject: { kind: 'chat', chat }, record, date, start, end } as const;
    if (format === 'json') return ok(request, await history.list(question, request.access, paging));
    return sendCsv(reply, 'chat.csv', await history.csv(question, request.access, paging.order));
  });
};

const reading = { config: { scope: 'report:read' } } as const;
const tags = ['Reports'];

const listChats = {
  ...reading,
  schema: {
    operationId: 'listHistoryChats',
    tags,
    description: 'Chats of a device in history, the latest first, each with its last message.',
    params: SessionParams,
    querystring: schemas.ListChatsQuery,
    response: { 200: envelope(schemas.ChatListSchema) },
  },
} as const;

const listChatMessages = {
  ...reading,
  schema: {
    operationId: 'listHistoryOfChat',
    tags,
    description: 'What was said in a chat of a device, with a person or in a group.',
    params: schemas.ChatParams,
    querystring: schemas.ChatMessagesQuery,
    response: { 200: envelope(HistoryListSchema) },
  },
} as const;
