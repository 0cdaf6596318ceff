import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

const LastEventId = z
  .string()
  .min(1)
  .max(100)
  .describe('The id of the last event seen. When it is not known any more, a `resync` comes first.');

/** Where a stream resumes for clients that cannot set a header. */
export const ResumeQuery = z.object({ lastEventId: LastEventId.optional() });

/** Which devices a listener wants; without it every device the caller may use. */
export const EventsQuery = ResumeQuery.extend({ deviceId: DeviceIdSchema.optional() });

/** Where a stream resumes; a value that cannot be ours must not end the browser's retries, so it counts as unknown. */
export const EventsHeaders = z.object({ 'last-event-id': LastEventId.catch('unknown').optional() });

/** Every type that is kept. */
const LoggedType = z.enum([
  'status',
  'authenticated',
  'disconnected',
  'message',
  'message_status',
  'schedule',
  'job',
]);

export const LogQuery = z.object({
  after: LastEventId.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  order: z
    .enum(['asc', 'desc'])
    .default('asc')
    .describe('desc: the newest first; `after` leads to older ones'),
  type: z
    .string()
    .max(200)
    .transform((text) => text.split(','))
    .pipe(z.array(LoggedType).min(1))
    .optional()
    .describe('Only these types, separated by commas'),
  deviceId: DeviceIdSchema.optional(),
});

/** An event as it is told: further fields belong to its type, see docs/events.md. */
const EventFrame = z
  .looseObject({ id: z.string(), type: z.string(), deviceId: z.string(), at: z.string() })
  .meta({ id: 'Event' });

export const LogPage = z.object({
  /** Whether `after` was not known any more, so that something may have been missed. */
  resync: z.boolean(),
  items: z.array(EventFrame),
  /** What `after` must be for more; null when there is no more now. */
  nextCursor: z.string().nullable(),
});

/** What a WebSocket client may ask for. */
export const ClientFrame = z.object({ type: z.enum(['init', 'ping', 'disconnect', 'reset']) });
export type ClientFrame = z.infer<typeof ClientFrame>;
