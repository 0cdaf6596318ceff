import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';
import { WEBHOOK_EVENT_TYPES } from './webhook.ts';

const Ulid = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an id of this server');

/** Longer ones are refused by the rules for URLs too, but with less to go through. */
const Url = z.string().min(1).max(2_000).describe('https; http only where EGRESS_ALLOW names the host');

const EventPatternSchema = z.enum(['*', ...WEBHOOK_EVENT_TYPES]);
const Events = z
  .array(EventPatternSchema)
  .min(1)
  .max(20)
  .transform((events) => [...new Set(events)])
  .describe('`*` for every event, also those of later versions.');

const DeviceIds = z
  .array(DeviceIdSchema)
  .min(1)
  .max(1_000)
  .nullable()
  .describe('null: every device the key may use');

const Secret = z
  .string()
  .max(120)
  .refine(isSecret, 'whsec_ and the base64 of 24 to 64 bytes')
  .describe('A secret of the Standard Webhooks form; without it one is made.');

const StatusSchema = z.enum(['enabled', 'disabled']);

export const CreateWebhookBody = z
  .strictObject({
    url: Url,
    events: Events,
    deviceIds: DeviceIds.optional(),
    secret: Secret.optional(),
  })
  .meta({ id: 'CreateWebhook' });

export const EditWebhookBody = z
  .strictObject({
    url: Url.optional(),
    events: Events.optional(),
    deviceIds: DeviceIds.optional(),
    status: StatusSchema.optional(),
  })
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), 'at least one field')
  .meta({ id: 'EditWebhook' });

export const RotateSecretBody = z.strictObject({ secret: Secret.optional() }).nullish();

export const WebhookParams = z.object({ webhookId: Ulid });
export const DeliveryParams = z.object({ deliveryId: Ulid });

export const WebhookSchema = z
  .object({
    webhookId: z.string(),
    url: z.string(),
    events: z.array(EventPatternSchema),
    deviceIds: z.array(z.string()).nullable(),
    status: StatusSchema,
    disabledAt: z.string().nullable(),
    disabledReason: z.enum(['by_request', 'gone', 'failing']).nullable(),
    failingSince: z.string().nullable(),
    previousSecretUntil: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Webhook' });

export const WebhookWithSecretSchema = WebhookSchema.extend({
  secret: z.string().describe('shown this once; it cannot be read again'),
}).meta({ id: 'WebhookWithSecret' });

export const WebhookListSchema = z.object({ items: z.array(WebhookSchema), total: z.number().int() });

export const TestResultSchema = z
  .object({
    eventId: z.string(),
    delivered: z.boolean(),
    statusCode: z.number().int().nullable(),
    error: z.string().nullable(),
    response: z.string().nullable().describe('how the answer begins, unless it was taken'),
    durationMs: z.number().int(),
  })
  .meta({ id: 'WebhookTestResult' });

const DeliveryStatusSchema = z.enum(['pending', 'sending', 'delivered', 'failed']);

export const ListDeliveriesQuery = z.object({
  status: DeliveryStatusSchema.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: Ulid.optional(),
});

export const RedeliverFailedBody = z
  .strictObject({
    since: z.iso
      .datetime({ offset: true, error: 'an ISO 8601 time such as 2027-01-31T00:00:00Z' })
      .transform((text) => new Date(text)),
  })
  .meta({ id: 'RedeliverFailed' });

export const RedeliveredSchema = z.object({
  count: z.number().int(),
  more: z.boolean().describe('ask again: one request takes ten thousand'),
});

export const DeliverySchema = z
  .object({
    deliveryId: z.string(),
    webhookId: z.string(),
    eventId: z.string().describe('the webhook-id of every attempt'),
    eventType: z.string(),
    deviceId: z.string().nullable(),
    status: DeliveryStatusSchema,
    attemptCount: z.number().int(),
    nextAttemptAt: z.string().nullable(),
    lastStatusCode: z.number().int().nullable(),
    lastError: z.string().nullable(),
    lastDurationMs: z.number().int().nullable(),
    createdAt: z.string(),
    deliveredAt: z.string().nullable(),
    attempts: z.array(
      z.object({
        number: z.number().int(),
        startedAt: z.string(),
        durationMs: z.number().int(),
        statusCode: z.number().int().nullable(),
        error: z.string().nullable(),
        response: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'WebhookDelivery' });

export const DeliveryListSchema = z.object({
  items: z.array(DeliverySchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});

/** Strict about base64: what another library would decode differently must not become a secret here. */
function isSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (base64 === undefined) return false;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === base64;
}
