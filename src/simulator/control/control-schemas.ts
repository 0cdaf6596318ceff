import { z } from 'zod';

/** Digits with the country code; spaces, dashes and a leading plus are taken off. */
export const PhoneNumber = z
  .string()
  .max(40)
  .transform((text) => text.replace(/^\+|[\s-]/g, ''))
  .refine((digits) => /^[1-9]\d{4,19}$/.test(digits), 'must be a phone number of 5 to 20 digits');

export const PhoneParams = z.object({ phone: PhoneNumber });

export const DeviceParams = z.object({ phone: PhoneNumber, device: z.coerce.number().int().min(1).max(255) });

export const CreatePhoneBody = z.strictObject({
  phoneNumber: PhoneNumber,
  pushName: z.string().trim().min(1).max(100).optional(),
  business: z.boolean().optional(),
});

export const ScanBody = z.strictObject({ qr: z.string().min(1).max(2_000) });

export const PairingCodeBody = z.strictObject({
  code: z.string().regex(/^(?:[\s-]*[0-9A-Za-z]){8}[\s-]*$/, 'must be eight letters or digits'),
});

const Text = z.string().min(1).max(65_536);
export const MessageId = z.string().regex(/^[\w.-]{1,128}$/, 'must be 1 to 128 of a-zA-Z0-9_.-');

const GroupJid = z.string().regex(/^\d{1,30}(?:-\d{1,20})?@g\.us$/, 'must be the address of a group');

/** A person, by number or address, or a group. */
export const Recipient = z.union([PhoneNumber, GroupJid, z.string().regex(/^\d+@(?:s\.whatsapp\.net|lid)$/)]);

export const SendBody = z.strictObject({
  to: Recipient,
  text: Text,
  id: MessageId.optional(),
  addressing: z.enum(['lid', 'pn']).optional(),
});

export const ReplyBody = z.strictObject({ text: Text, quote: z.boolean().optional() });
export const SendAgainBody = z.strictObject({ how: z.enum(['identical', 're-encrypted']) });
export const EditBody = z.strictObject({ text: Text });
export const ReactBody = z.strictObject({ emoji: z.string().max(32) });
export const ReplyParams = z.object({ phone: PhoneNumber, messageId: MessageId });

export const ReadBody = z.union([
  z.strictObject({ ids: z.array(MessageId).min(1).max(1_000) }),
  z.strictObject({ from: PhoneNumber }),
]);

export const AutoReplyBody = z.strictObject({
  match: z.string().min(1).max(1_000).nullable().default(null),
  text: Text,
});

export const BehaviourBody = z.strictObject({ deliveryReceipts: z.enum(['on', 'off']) });

export const MessagesQuery = z.strictObject({
  direction: z.enum(['received', 'sent', 'own-copy']).optional(),
  peer: PhoneNumber.optional(),
  /** The address of a chat, e.g. of a group. */
  chat: z.string().max(80).optional(),
  /** Only what came before the message with this id; nothing when the phone has none. */
  before: MessageId.optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(500),
});

export const PrivacyBody = z.strictObject({ groupAdds: z.enum(['all', 'contacts', 'none']) });

const People = z.array(PhoneNumber).max(1_023);

export const GroupParams = z.object({ group: GroupJid });
export const PhoneGroupParams = z.object({ phone: PhoneNumber, group: GroupJid });
export const CreateGroupBody = z.strictObject({
  subject: z.string().min(1).max(200),
  members: People,
  addressing: z.enum(['lid', 'pn']).optional(),
});
export const ChangeGroupBody = z.strictObject({
  subject: z.string().max(200).optional(),
  description: z.string().max(4_096).optional(),
  announcement: z.boolean().optional(),
  locked: z.boolean().optional(),
  ephemeral: z.int().min(0).max(31_536_000).optional(),
  memberAddMode: z.enum(['admin_add', 'all_member_add']).optional(),
  joinApproval: z.boolean().optional(),
});
export const MembersBody = z.strictObject({
  action: z.enum(['add', 'remove', 'promote', 'demote']),
  members: People.min(1),
});
export const JoinBody = z.strictObject({ code: z.string().regex(/^[\w-]{1,64}$/) });
export const DecisionBody = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  people: People.min(1),
});

export const HistoryQuery = z.strictObject({
  kind: z.string().max(40).optional(),
  /** Part of the address of the device a record is about, e.g. a phone number or `628…:3`. */
  device: z.string().max(64).optional(),
  id: z.string().max(128).optional(),
  /** Only records with a higher sequence. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

export const EventsQuery = z.strictObject({ after: z.coerce.number().int().min(0).optional() });

const StreamErrorCode = z.string().regex(/^\d{3}$/, 'must be three digits');

export const EndBody = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('stream-error'), code: StreamErrorCode }),
  z.strictObject({ how: z.literal('conflict') }),
  z.strictObject({ how: z.literal('cut') }),
  z.strictObject({ how: z.literal('xmlstreamend') }),
  z.strictObject({ how: z.literal('close') }),
  z.strictObject({ how: z.literal('silence') }),
]);

export const ScanQuery = z.object({ pn: PhoneNumber.optional() });
