import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

/** Which devices a listener wants; without it every device the caller may use. */
export const EventsQuery = z.object({ deviceId: DeviceIdSchema.optional() });

const EventId = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'the id of an event');

/** Where a stream resumes; something that is no id of ours resumes nowhere instead of failing the browser's retry. */
export const EventsHeaders = z.object({ 'last-event-id': EventId.optional().catch(undefined) });

/** What a WebSocket client may ask for. */
export const ClientFrame = z.object({ type: z.enum(['init', 'ping', 'disconnect', 'reset']) });
export type ClientFrame = z.infer<typeof ClientFrame>;
