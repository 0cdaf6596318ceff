import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

const MOST_READINGS = 50;
const LONGEST_ESCALATION_SECONDS = 7 * 24 * 60 * 60;

const Ulid = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an id of this server');

/** A list by its id or by its name. */
export const ListName = z
  .union([z.number().int().min(1).max(2_147_483_647), z.string().trim().min(1).max(100)])
  .describe('The id of a recipient list, or its name');

const Value = z.union([z.string().max(200), z.number(), z.boolean()]);

const Readings = z
  .record(z.string().trim().min(1).max(60), Value)
  .refine((data) => Object.keys(data).length <= MOST_READINGS, `at most ${MOST_READINGS} readings`)
  .transform((data) => Object.entries(data).map(([name, value]) => ({ name, value: String(value) })));

export const EscalateSchema = z.object({
  list: ListName,
  afterSeconds: z.number().int().min(5).max(LONGEST_ESCALATION_SECONDS),
});

export const PoolSchema = z
  .union([z.array(DeviceIdSchema).min(1).max(20), z.string().trim().min(1).max(40)])
  .describe('Devices in the order they are tried, or the tag of those that are');

export const AlertBody = z
  .object({
    list: ListName,
    message: z.string().min(1).max(3_000),
    data: Readings.optional().describe('Readings, each a line below the message'),
    image: z
      .union([
        z.strictObject({ url: z.string().trim().min(1).max(2_048) }),
        z.strictObject({ base64: z.string().min(1) }),
      ])
      .optional(),
    escalate: EscalateSchema.optional().describe('Who gets it, too, when nobody acknowledges in time'),
    requiresAck: z.boolean().optional().describe('Always with `escalate`'),
    pool: PoolSchema.default('system'),
  })
  .meta({ id: 'AlertOrder' });

export const AlertParams = z.object({ alertId: Ulid });

const Status = z.enum(['sent', 'waiting', 'escalated', 'acknowledged']);

export const ListAlertsQuery = z.object({
  status: Status.optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: Ulid.optional(),
});

export const AcknowledgeBody = z
  .object({ by: z.string().trim().min(1).max(100).optional().describe('Who acknowledges, for people') })
  .meta({ id: 'AlertAcknowledgement' });

const ListSchema = z.object({ id: z.number().int(), name: z.string() });

const AlertShape = z.object({
  alertId: z.string(),
  source: z.enum(['api', 'mqtt']),
  topic: z.string().nullable(),
  list: ListSchema,
  message: z.string(),
  hasImage: z.boolean(),
  deviceId: z.string(),
  status: Status,
  requiresAck: z.boolean(),
  escalation: z
    .object({
      list: ListSchema,
      afterSeconds: z.number().int(),
      at: z.string().nullable(),
      escalatedAt: z.string().nullable(),
      problem: z.string().nullable(),
    })
    .nullable(),
  acknowledgedAt: z.string().nullable(),
  acknowledgedBy: z.string().nullable(),
  repeats: z.number().int(),
  lastRepeatedAt: z.string().nullable(),
  progress: z.object({
    total: z.number().int(),
    waiting: z.number().int(),
    sent: z.number().int(),
    delivered: z.number().int(),
    read: z.number().int(),
    failed: z.number().int(),
  }),
  createdAt: z.string(),
});

const ItemShape = z.object({
  stage: z.number().int(),
  name: z.string(),
  to: z.string(),
  deviceId: z.string(),
  messageId: z.string(),
  status: z.string(),
});

export const AlertSchema = AlertShape.extend({ items: z.array(ItemShape) }).meta({ id: 'Alert' });

export const AcceptedAlertSchema = AlertShape.extend({
  items: z.array(ItemShape),
  repeated: z.boolean().describe('The same was told just now: nothing was sent, it was counted'),
}).meta({ id: 'AcceptedAlert' });

export const AlertListSchema = z.object({
  items: z.array(AlertShape.meta({ id: 'AlertSummary' })),
  total: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});
