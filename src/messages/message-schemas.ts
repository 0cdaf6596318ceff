import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';
import type { WaMessageId } from '../shared/ids.ts';

export const MessageParams = z.object({
  deviceId: DeviceIdSchema,
  messageId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a WhatsApp message id')
    .transform((text) => text as WaMessageId),
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
    media: z.null(),
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
