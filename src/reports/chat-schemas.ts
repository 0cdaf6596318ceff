import { z } from 'zod';
import { MOST_WAITING } from './chat-repository.ts';
import { DetailsQuery, HistoryMessageSchema, ListSessionsQuery, SessionParams } from './report-schemas.ts';

export const ChatParams = SessionParams.extend({
  chat: z
    .string()
    .trim()
    .min(3)
    .max(96)
    .describe('A JID, or a number in any form a recipient may be written'),
});

export const ListChatsQuery = ListSessionsQuery.pick({ page: true, pageSize: true }).extend({
  q: z.string().trim().min(1).max(100).optional().describe('Part of a name or of a number'),
  cursor: z.string().min(1).max(500).optional(),
});

/** The device is in the path. */
export const ChatMessagesQuery = DetailsQuery.omit({ session_id: true });

const ChatSchema = z
  .object({
    chat: z.string(),
    name: z.string().nullable(),
    isGroup: z.boolean(),
    lastMessageAt: z.string(),
    lastMessage: HistoryMessageSchema.nullable().describe('null: history does not have it any more'),
    waiting: z
      .number()
      .int()
      .describe(`Messages since our side last wrote; ${MOST_WAITING} stands for that many and more`),
  })
  .meta({ id: 'HistoryChat' });

export const ChatListSchema = z.object({
  items: z.array(ChatSchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
  keeps: z
    .enum(['history', 'recent', 'withheld'])
    .describe('What the allowed numbers say: history is kept, nobody decided, or it is switched off'),
});
