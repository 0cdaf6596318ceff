import { z } from 'zod';
import type { DeviceId, WaMessageId } from '../shared/ids.ts';

/** The schema of a success whose `data` is `data`; an allow-list, so fields not named in it never leave. */
export function envelope<Data extends z.ZodType>(data: Data) {
  return z.object({ success: z.literal(true), message: z.string(), data, timestamp: z.string() });
}

/** The schema of every failure; routes get it by themselves. */
export const ApiError = z
  .object({
    success: z.literal(false),
    message: z.string(),
    error: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }),
    timestamp: z.string(),
  })
  .meta({ id: 'Failure', description: 'docs/errors.md lists the codes' });

/** A route that answers no data. */
export const NoData = z.null();

/** A deviceId as callers write it; the parsed value is a DeviceId, so nothing downstream casts. */
export const DeviceIdSchema = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{3,50}$/, '3 to 50 characters of a-z, A-Z, 0-9, _ and -')
  .transform((text) => text as DeviceId);

/** The path of every route about one device. */
export const DeviceParams = z.object({ deviceId: DeviceIdSchema });

/** The id of a message as WhatsApp has it; the parsed value is a WaMessageId. */
export const WaMessageIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a WhatsApp message id')
  .transform((text) => text as WaMessageId);

/** The id of a group as callers write it. */
export const GroupIdSchema = z
  .string()
  .trim()
  .max(96)
  .regex(/^[0-9-]{5,60}(@g\.us)?$/, 'the id of a group, with or without @g.us');
