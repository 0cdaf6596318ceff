import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

/** Shorter than elsewhere: attempts have names made of it. */
export const OtpHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, '1 to 200 printable characters')
    .optional()
    .describe('Same key, same body: the first answer again and no second code. Kept for 24 hours.'),
});

const To = z.string().trim().min(3).max(80).describe('A phone number in any form, or its JID');
const Purpose = z
  .string()
  .trim()
  .regex(/^[a-zA-Z0-9 ._:-]{1,40}$/, '1 to 40 letters, digits, spaces and . _ : -')
  .describe('What the code is for, such as `login`; a code for one purpose is worth nothing for another');

const DEFAULT_TEMPLATE = '{code} is your code. It is valid for {minutes} minutes. Do not share it.';

export const OtpBody = z
  .object({
    to: To,
    purpose: Purpose,
    length: z.number().int().min(4).max(10).default(6).describe('Digits'),
    ttlSeconds: z.number().int().min(30).max(3_600).default(300),
    template: z
      .string()
      .min(6)
      .max(1_000)
      .refine((text) => text.includes('{code}'), 'a text with {code} in it')
      .default(DEFAULT_TEMPLATE),
    pool: z
      .union([z.array(DeviceIdSchema).min(1).max(20), z.string().trim().min(1).max(40)])
      .optional()
      .describe('Devices in the order they are tried, or the tag of those that are; `system` when left out'),
    deviceId: DeviceIdSchema.optional().describe('One device instead of a pool'),
  })
  .refine(({ pool, deviceId }) => pool === undefined || deviceId === undefined, {
    path: ['deviceId'],
    message: 'either pool or deviceId',
  })
  .meta({ id: 'OneTimeCodeOrder' });

export const OtpSentSchema = z
  .object({
    otpId: z.string(),
    expiresAt: z.string(),
    messageId: z.string(),
    to: z.string(),
    status: z.string(),
    reason: z.string().optional(),
    retryAt: z.string().optional(),
    deviceId: z.string(),
    tried: z.array(z.object({ deviceId: z.string(), reason: z.string() })),
  })
  .meta({ id: 'OneTimeCodeSent' });

export const VerifyBody = z
  .object({
    to: To,
    purpose: Purpose,
    code: z
      .string()
      .trim()
      .regex(/^\d{4,10}$/, '4 to 10 digits'),
  })
  .meta({ id: 'OneTimeCodeCheck' });

export const VerifiedSchema = z
  .object({ verified: z.literal(true), otpId: z.string(), to: z.string(), purpose: z.string() })
  .meta({ id: 'OneTimeCodeVerified' });
