import { z } from 'zod';
import { DeviceIdSchema, WaMessageIdSchema } from '../http/schemas.ts';
import { MOST_CHECKS_AT_ONCE } from './number-checks.ts';

const Address = z.string().trim().min(3).max(80);

export const CheckNumberQuery = z.object({ number: Address });

export const CheckNumbersBody = z.object({ numbers: z.array(Address).min(1).max(MOST_CHECKS_AT_ONCE) });

export const ContactParams = z.object({ deviceId: DeviceIdSchema, contact: Address });

export const TypingBody = z.object({ to: Address, state: z.enum(['composing', 'recording', 'paused']) });

/** Some messages, or the newest of a chat. */
export const ReadBody = z.union([
  z.object({ messageIds: z.array(WaMessageIdSchema).min(1).max(100) }),
  z.object({ chat: z.string().trim().min(3).max(96) }),
]);

export const CheckedNumberSchema = z
  .object({
    input: z.string(),
    number: z.string().nullable(),
    registered: z.boolean(),
    jid: z.string().nullable(),
    checkedAt: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'CheckedNumber' });

export const CheckedNumbersSchema = z.object({ results: z.array(CheckedNumberSchema) });

export const ContactProfileSchema = z.object({
  jid: z.string(),
  pictureUrl: z.string().nullable(),
  about: z.string().nullable(),
  aboutSetAt: z.string().nullable(),
});

export const MarkedSchema = z.object({ markedCount: z.number().int() });
