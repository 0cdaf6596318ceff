import { z } from 'zod';
import { DeviceIdSchema, WaMessageIdSchema } from '../http/schemas.ts';

export const MessageParams = z.object({
  deviceId: DeviceIdSchema,
  messageId: WaMessageIdSchema,
});

/** Deeper than this many pages only by cursor, which costs the same at any depth. */
const MAX_PAGE = 50;
const PageSize = z.coerce.number().int().min(1).max(200);

export const ListMessagesQuery = z.object({
  direction: z.enum(['in', 'out']).optional(),
  /** A number in any form a recipient may be written, or a JID. */
  chat: z.string().trim().min(3).max(96).optional(),
  page: z.coerce.number().int().min(1).max(MAX_PAGE).default(1),
  pageSize: PageSize.optional(),
  /** Another word for pageSize. */
  limit: PageSize.optional(),
  /** Where deep pages go on; then `page` counts from there. */
  cursor: z
    .string()
    .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'the nextCursor of an earlier answer')
    .optional(),
});

/** What the sender says of the file; keys that open it never leave. */
const MediaSchema = z.object({
  mimetype: z.string().nullable(),
  fileName: z.string().nullable(),
  sizeBytes: z.number().int().nullable(),
  seconds: z.number().int().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  downloadPath: z.string(),
});

export const MessageSchema = z
  .object({
    id: z.string(),
    messageId: z.string(),
    direction: z.enum(['in', 'out']),
    chat: z.string(),
    chatAlt: z.string().nullable(),
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
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Message' });

export const MessageListSchema = z.object({
  items: z.array(MessageSchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});

export const PollVotesSchema = z
  .object({
    options: z.array(z.object({ name: z.string(), voters: z.array(z.string()), count: z.number().int() })),
    totalVoters: z.number().int(),
  })
  .meta({ id: 'PollVotes' });
