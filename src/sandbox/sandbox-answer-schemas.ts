import { z } from 'zod';

const count = z.number().int();

const AutoReply = z.object({ text: z.string(), match: z.string().nullable() }).nullable();

/** A simulated phone as the simulator tells of it. */
export const SimulatedPhone = z.object({
  phoneNumber: z.string(),
  pushName: z.string(),
  lid: z.string(),
  devices: z.array(z.object({ device: count, online: z.boolean() })),
  messages: count.describe('how many messages the phone shows'),
  autoReply: AutoReply,
});
export type SimulatedPhone = z.output<typeof SimulatedPhone>;

export const SimulatedPhones = z.object({ phones: z.array(SimulatedPhone) });

/** And as callers see it. */
export const PhoneSchema = SimulatedPhone.extend({
  deviceId: z.string().nullable().describe('the device of this server that is linked with the phone'),
}).meta({ id: 'SandboxPhone' });

export const PhoneListSchema = z.object({ items: z.array(PhoneSchema), total: count });

/** The number of the linked device, as the phone counts them. */
export const LinkedSchema = z.object({ device: count });
export const EndedSchema = z.object({ ended: z.string() });

const Media = z.object({
  kind: z.string(),
  mimetype: z.string(),
  fileName: z.string().nullable(),
  seconds: z.number().nullable(),
  bytes: z.number(),
  state: z.string(),
  problem: z.string().nullable(),
});

const People = z.array(z.string());

/** A line of the phone's message list, decrypted. */
export const PhoneMessageSchema = z
  .object({
    id: z.string(),
    direction: z.enum(['received', 'sent', 'own-copy']),
    chat: z.string(),
    peer: z.string().nullable(),
    author: z.string().nullable(),
    kind: z.string(),
    text: z.string().nullable(),
    target: z.string().nullable().describe('the message it changes, reacts to or votes on'),
    quoted: z.string().nullable(),
    edited: z.boolean(),
    revoked: z.boolean(),
    reactions: z.record(z.string(), z.string()).describe('emojis by phone number'),
    media: Media.nullable(),
    poll: z.object({ options: People, votes: z.record(z.string(), People) }).nullable(),
    at: z.string(),
    status: z.enum(['pending', 'sent', 'delivered', 'received', 'read']),
  })
  .meta({ id: 'SandboxMessage' });

export const SimulatedMessages = z.object({ messages: z.array(PhoneMessageSchema), total: count });

export const PhoneMessageListSchema = z.object({
  items: z.array(PhoneMessageSchema).describe('newest first'),
  total: count,
  pageSize: count,
  nextCursor: z.string().nullable(),
});

export const ReadSchema = z.object({ read: count });
export const AutoReplySchema = z.object({ autoReply: AutoReply });
export const PresenceSchema = z.object({ presence: z.string() });
export const TypingSchema = z.object({ to: z.string(), state: z.string() });

/** Neither invitations nor codes of the group. */
export const GroupSchema = z
  .object({
    id: z.string(),
    subject: z.string(),
    description: z.string().nullable(),
    announcement: z.boolean(),
    locked: z.boolean(),
    creator: z.string(),
    members: z.array(z.object({ phoneNumber: z.string(), role: z.enum(['member', 'admin', 'superadmin']) })),
  })
  .meta({ id: 'SandboxGroup' });

export const SimulatedGroups = z.object({ groups: z.array(GroupSchema) });
export const GroupListSchema = z.object({ items: z.array(GroupSchema), total: count });

/** 200, or the code the server objected with. */
const MemberResult = z.object({ phoneNumber: z.string(), code: z.string() });

export const CreatedGroupSchema = z.object({ group: GroupSchema, refused: z.array(MemberResult) });
export const MemberResultsSchema = z.object({ results: z.array(MemberResult) });
