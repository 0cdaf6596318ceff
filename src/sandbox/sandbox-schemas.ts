import { z } from 'zod';
import { DeviceIdSchema } from '../http/schemas.ts';

const stripped = (text: string) => text.replace(/^\+|[\s-]/g, '');

/** Of a simulated person. */
export const PhoneNumber = z
  .string()
  .max(40)
  .transform(stripped)
  .pipe(z.string().regex(/^[1-9]\d{4,19}$/, 'a phone number of 5 to 20 digits'));

const GroupId = z.string().regex(/^\d{1,30}(?:-\d{1,20})?@g\.us$/, 'the address of a group, with @g.us');

/** A part of a path, so it does not begin with a dot. */
const PhoneMessageId = z.string().regex(/^[A-Za-z0-9_-][\w.-]{0,127}$/, 'the id of a message of the phone');

const Recipient = z
  .string()
  .max(80)
  .transform((text) => (text.includes('@') ? text : stripped(text)))
  .pipe(
    z
      .string()
      .regex(
        /^(?:[1-9]\d{4,19}|\d{1,30}(?:-\d{1,20})?@g\.us|\d{1,30}@(?:s\.whatsapp\.net|lid))$/,
        'a phone number, the address of a person or that of a group',
      ),
  );

const Text = z.string().min(1).max(65_536);
const LinkedDevice = z.coerce.number().int().min(1).max(255);

export const PhoneParams = z.object({ phone: PhoneNumber });
export const LinkedDeviceParams = PhoneParams.extend({ device: LinkedDevice });
export const PhoneMessageParams = PhoneParams.extend({ messageId: PhoneMessageId });
export const PhoneGroupParams = PhoneParams.extend({ groupId: GroupId });

export const CreatePhoneBody = z
  .strictObject({
    phoneNumber: PhoneNumber,
    pushName: z.string().trim().min(1).max(100).optional(),
    business: z.boolean().optional(),
  })
  .meta({ id: 'CreateSandboxPhone' });

/** The device that shows the QR or pairing code. */
export const LinkBody = z.strictObject({ deviceId: DeviceIdSchema });

/** `code` goes with `stream-error`. */
export const EndBody = z.discriminatedUnion('how', [
  z.strictObject({
    how: z.literal('stream-error'),
    code: z.string().regex(/^\d{3}$/, 'three digits'),
  }),
  ...(['conflict', 'xmlstreamend', 'close', 'cut', 'silence'] as const).map((how) =>
    z.strictObject({ how: z.literal(how) }),
  ),
]);

export const PhoneMessagesQuery = z.object({
  direction: z.enum(['received', 'sent', 'own-copy']).optional(),
  peer: PhoneNumber.optional(),
  chat: z
    .string()
    .regex(/^[\d-]{1,60}@(?:s\.whatsapp\.net|lid|g\.us)$/, 'the address of a chat')
    .optional(),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: PhoneMessageId.optional(),
});

export const SendBody = z.strictObject({ to: Recipient, text: Text });
export const ReplyBody = z.strictObject({ text: Text, quote: z.boolean().default(true) });
export const EditBody = z.strictObject({ text: Text });
export const ReactBody = z.strictObject({
  emoji: z.string().max(32).describe('empty: takes the reaction back'),
});

export const SendMediaBody = z.strictObject({
  to: Recipient,
  kind: z.enum(['image', 'document']).default('image'),
  caption: z.string().max(1_024).optional(),
});

/** Certain messages, or all of one person. */
export const ReadBody = z.union([
  z.strictObject({ ids: z.array(PhoneMessageId).min(1).max(1_000) }),
  z.strictObject({ from: PhoneNumber }),
]);

export const AutoReplyBody = z
  .strictObject({
    text: Text.describe('`{text}` stands for what was received'),
    match: z.string().min(1).max(1_000).nullable().default(null).describe('only texts that contain this'),
  })
  .meta({ id: 'SetSandboxAutoReply' });

export const PresenceBody = z.strictObject({ presence: z.enum(['available', 'unavailable']) });

export const TypingBody = z.strictObject({
  to: Recipient,
  state: z.enum(['composing', 'recording', 'paused']),
});

const People = z.array(PhoneNumber).max(100);

export const CreateGroupBody = z.strictObject({
  subject: z.string().trim().min(1).max(100),
  members: People,
});
export const AddMembersBody = z.strictObject({ members: People.min(1) });
