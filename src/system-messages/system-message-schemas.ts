import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

/** Shorter than elsewhere: attempts have names made of it. */
export const SystemMessageHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, '1 to 200 printable characters')
    .optional()
    .describe(
      'Same key, same body: the first answer again, nothing sent twice, by whichever device. Kept for 24 hours.',
    ),
});

export const SystemMessageBody = z
  .object({
    to: z.string().trim().min(3).max(80),
    message: z.string().min(1).max(4096),
    pool: z
      .union([z.array(DeviceIdSchema).min(1).max(20), z.string().trim().min(1).max(40)])
      .default('system')
      .describe('Devices in the order they are tried, or the tag of those that are'),
    purpose: z.string().trim().min(1).max(40).optional(),
  })
  .meta({ id: 'SystemMessage' });

export const SystemMessageSentSchema = z
  .object({
    messageId: z.string(),
    to: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    retryAt: z.string().optional(),
    deviceId: z.string(),
    tried: z.array(z.object({ deviceId: z.string(), reason: z.string() })),
  })
  .meta({ id: 'SystemMessageSent' });
