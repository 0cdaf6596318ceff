import { z } from 'zod';
import { MessageId, PhoneParams, Recipient } from './control-schemas.ts';

export { PhoneParams };

export const MessageParams = PhoneParams.extend({ messageId: MessageId });

export const SendMediaBody = z.strictObject({
  to: Recipient,
  kind: z.enum(['image', 'video', 'document', 'audio', 'voice', 'sticker']),
  /** The file, base64. */
  data: z.base64().min(1),
  mimetype: z.string().min(3).max(200).optional(),
  caption: z.string().max(4_096).optional(),
  fileName: z.string().max(255).optional(),
  seconds: z.int().min(0).max(86_400).optional(),
  id: MessageId.optional(),
  addressing: z.enum(['lid', 'pn']).optional(),
});

export const ExpireBody = z.strictObject({
  /** SHA-256 of the encrypted file; without it every file expires. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
