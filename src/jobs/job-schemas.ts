import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

/** Most items of one job. */
const MAX_ITEMS = 10_000;
/** In seconds. */
const MAX_DELAY = 3_600;

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Items are judged by the service, each by itself; here they are only described. */
const itemsLike = (properties: Record<string, object>, required: readonly string[]) =>
  z
    .array(z.unknown().meta({ type: 'object', properties, required: [...required] }))
    .min(1)
    .max(MAX_ITEMS);

const text = { type: 'string', minLength: 1, maxLength: 4096 };

const JobOptions = {
  delay: z
    .number()
    .min(0)
    .max(MAX_DELAY)
    .optional()
    .describe('Seconds between two items; without it 2 to 5 at random'),
  name: z.string().trim().min(1).max(100).optional(),
  onAmbiguous: z
    .enum(['resend', 'hold'])
    .default('resend')
    .describe('When nobody knows whether an item left: send it again under its id, or leave it to a person'),
  allowDuplicates: z
    .boolean()
    .default(false)
    .describe('Also send items with the same recipient and the same content as an earlier one'),
};

export const TextJobBody = z
  .object({
    messages: itemsLike({ to: { type: 'string' }, message: text }, ['to', 'message']).optional(),
    listId: z.int().min(1).max(2_147_483_647).optional().describe('A recipient list, instead of `messages`.'),
    message: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('With `listId`; `{name}`, `{number}` and fields in braces stand for what is known of each.'),
    ...JobOptions,
  })
  .refine(
    ({ messages, listId, message }) =>
      messages === undefined ? listId !== undefined && message !== undefined : listId === undefined,
    { path: ['messages'], message: 'either messages, or listId and message' },
  )
  .meta({ id: 'TextJob' });

export const GroupTextJobBody = z
  .object({
    items: itemsLike({ groupId: { type: 'string' }, message: text }, ['groupId', 'message']),
    ...JobOptions,
  })
  .meta({ id: 'GroupTextJob' });

const mediaItem = {
  mediaType: { enum: ['image', 'video', 'gif', 'audio', 'voice', 'document', 'sticker'] },
  url: { type: 'string' },
  base64: { type: 'string' },
  caption: { type: 'string' },
  fileName: { type: 'string' },
  mimetype: { type: 'string' },
};

export const MediaJobBody = z
  .object({
    items: itemsLike({ to: { type: 'string' }, ...mediaItem }, ['to', 'mediaType']),
    ...JobOptions,
  })
  .meta({ id: 'MediaJob' });

export const GroupMediaJobBody = z
  .object({ items: itemsLike(mediaItem, ['mediaType']), ...JobOptions })
  .meta({ id: 'GroupMediaJob' });

const anyText = { type: 'string' };

export const CheckJobBody = z
  .object({
    kind: z.enum(['text', 'group_text']),
    items: itemsLike({ to: anyText, groupId: anyText, message: text }, ['message']),
    delay: JobOptions.delay,
  })
  .meta({ id: 'CheckJob' });

export const GroupParams = z.object({ deviceId: DeviceIdSchema, groupId: z.string().min(5).max(80) });

export const JobParams = z.object({ jobId: z.string().min(1).max(64) });

const Paging = {
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
};

export const ListJobsQuery = z.object({
  ...Paging,
  deviceId: DeviceIdSchema.optional(),
  status: z.enum(['queued', 'processing', 'paused', 'completed', 'failed', 'cancelled']).optional(),
  order: z.enum(['asc', 'desc']).default('desc').describe('desc: the newest job first'),
  cursor: z.string().regex(ULID, 'the nextCursor of an earlier answer').optional(),
});

export const ListItemsQuery = z.object({
  ...Paging,
  status: z
    .enum([
      'queued',
      'sending',
      'server_ack',
      'delivered',
      'read',
      'played',
      'failed',
      'held',
      'cancelled',
      'expired',
    ])
    .optional(),
  cursor: z.coerce.number().int().min(0).max(MAX_ITEMS).optional(),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .describe('csv: the whole ledger; `Accept: text/csv` does the same'),
});

const Duplicates = {
  duplicateCount: z.number().int(),
  duplicates: z.array(z.object({ index: z.number().int(), firstIndex: z.number().int() })),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
};

export const CheckedJobSchema = z
  .object({
    total: z.number().int().describe('Items that would be sent, duplicates left out'),
    invalidCount: z.number().int(),
    problems: z
      .array(z.object({ index: z.number().int(), field: z.string(), code: z.string(), message: z.string() }))
      .describe('The first thousand'),
    ...Duplicates,
  })
  .meta({ id: 'CheckedJob' });

export const AcceptedJobSchema = z
  .object({
    jobId: z.string(),
    deviceId: z.string(),
    status: z.literal('queued'),
    total: z.number().int(),
    ...Duplicates,
  })
  .meta({ id: 'AcceptedJob' });

export const JobSchema = z
  .object({
    jobId: z.string(),
    deviceId: z.string(),
    kind: z.string(),
    name: z.string().nullable(),
    status: z.enum(['queued', 'processing', 'paused', 'completed', 'failed', 'cancelled']),
    total: z.number().int(),
    currentIndex: z.number().int(),
    successCount: z.number().int(),
    errorCount: z.number().int(),
    counts: z.record(z.string(), z.number().int()),
    delay: z.number().nullable(),
    onAmbiguous: z.string(),
    eta: z.string().nullable().describe('When the last item should be sent'),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Job' });

const PageFields = {
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
};

export const JobListSchema = z.object({ items: z.array(JobSchema), ...PageFields });

export const JobItemSchema = z
  .object({
    index: z.number().int(),
    to: z.string(),
    messageId: z.string(),
    status: z.string(),
    attempts: z.number().int(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    sentAt: z.string().nullable(),
    deliveredAt: z.string().nullable(),
    readAt: z.string().nullable(),
  })
  .meta({ id: 'JobItem' });

export const JobItemListSchema = z.object({ items: z.array(JobItemSchema), ...PageFields });

export const RetriedJobSchema = z.object({ retried: z.number().int(), job: JobSchema });
