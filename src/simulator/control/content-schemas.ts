import { z } from 'zod';
import { MessageId, PhoneNumber, PhoneParams, Recipient, ReplyParams } from './control-schemas.ts';

export { PhoneParams, ReplyParams };

const how = { id: MessageId.optional(), addressing: z.enum(['lid', 'pn']).optional() };
const Option = z.string().min(1).max(100);

export const PollBody = z.strictObject({
  to: Recipient,
  question: z.string().min(1).max(255),
  options: z.array(Option).min(2).max(12),
  /** How many may be chosen; 0 is any number. */
  selectable: z.int().min(0).max(12).default(1),
  ...how,
});

export const VoteBody = z.strictObject({ options: z.array(Option).max(12) });

export const LocationBody = z.strictObject({
  to: Recipient,
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().max(200).optional(),
  address: z.string().max(1_000).optional(),
  ...how,
});

export const ContactBody = z.strictObject({
  to: Recipient,
  name: z.string().min(1).max(200),
  phoneNumber: PhoneNumber,
  ...how,
});
