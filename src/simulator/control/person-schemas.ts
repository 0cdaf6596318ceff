import { z } from 'zod';
import { PhoneParams, Recipient } from './control-schemas.ts';

export { PhoneParams };

export const PresenceBody = z.strictObject({ presence: z.enum(['available', 'unavailable']) });

export const TypingBody = z.strictObject({
  to: Recipient,
  state: z.enum(['composing', 'recording', 'paused']),
});

/** A small JPEG. */
export const PictureBody = z.strictObject({ data: z.base64().min(4).max(200_000) });
