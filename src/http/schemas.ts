import { z } from 'zod';

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
