import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

export const ReceivedMediaParams = z.object({
  deviceId: DeviceIdSchema,
  messageId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'the id of a message, or WhatsApp’s')
    .describe('`id` of a message, or its `messageId`: of several with the same the newest is taken'),
});
