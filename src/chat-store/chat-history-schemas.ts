import { z } from 'zod';
import { DeviceIdSchema, GroupIdSchema } from '../http/schemas.ts';

const ChatAddress = z.string().trim().min(3).max(96);

export const ChatParams = z.object({
  deviceId: DeviceIdSchema,
  /** A JID, or a number in any form a recipient may be written. */
  jid: ChatAddress,
});

export const GroupChatParams = z.object({
  deviceId: DeviceIdSchema,
  groupId: GroupIdSchema,
});

export const ChatHistoryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  before: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a WhatsApp message id')
    .optional(),
  source: z.enum(['auto', 'server', 'store']).default('auto'),
  /** Seconds to wait for the first sync of the device. */
  waitSeconds: z.coerce.number().int().min(0).max(60).default(0),
});

export const DailyChatsQuery = z.object({
  /** In the time zone of the server; today when left out. */
  date: z.iso.date('a day as YYYY-MM-DD').optional(),
  includeGroups: z.stringbool().default(false),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
});

/** What the sender says of the file. */
const MediaSchema = z.object({
  mimetype: z.string().nullable(),
  fileName: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  seconds: z.number().int().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  downloadPath: z.string().nullable().describe('null: known from the history of the phone only'),
});

const ChatMessageSchema = z
  .object({
    messageId: z.string(),
    chat: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    fromMe: z.boolean(),
    pushName: z.string().nullable(),
    type: z.string(),
    text: z.string().nullable(),
    media: MediaSchema.nullable(),
    quotedMessageId: z.string().nullable(),
    timestamp: z.string(),
    status: z.string(),
    attempts: z.number().int(),
    error: z.null(),
  })
  .meta({ id: 'ChatMessage' });

export const ChatHistorySchema = z.object({
  chat: z.string(),
  chatAlt: z.string().nullable(),
  source: z.enum(['store', 'server', 'both']),
  complete: z.boolean(),
  items: z.array(ChatMessageSchema),
  nextBefore: z.string().nullable(),
});

export const DailyChatsSchema = z.object({
  date: z.string(),
  items: z.array(
    z.object({
      chat: z.string(),
      chatAlt: z.string().nullable(),
      isGroup: z.boolean(),
      name: z.string().nullable(),
      messageCount: z.number().int(),
      lastMessage: ChatMessageSchema,
    }),
  ),
  total: z.number().int(),
  limit: z.number().int(),
  offset: z.number().int(),
});
