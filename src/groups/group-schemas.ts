import { z } from 'zod';
import { DeviceIdSchema, GroupIdSchema } from '../http/schemas.ts';

const Person = z.string().trim().min(3).max(80);
/** WhatsApp's own limit for one request is lower than the size of a group. */
const People = z.array(Person).min(1).max(256);
const Subject = z.string().trim().min(1).max(100);

export const GroupParams = z.object({ deviceId: DeviceIdSchema, groupId: GroupIdSchema });
export const PersonParams = GroupParams.extend({ person: Person });

export const CreateGroupBody = z.object({ subject: Subject, participants: People });

/** WhatsApp's own apps offer these life times: off, a day, a week, ninety days. */
const EPHEMERAL_SECONDS = [0, 86_400, 604_800, 7_776_000] as const;

export const ChangeGroupBody = z
  .object({
    subject: Subject.optional(),
    description: z.string().trim().max(2048).optional(),
    announceOnly: z.boolean().optional(),
    locked: z.boolean().optional(),
    membersMayAdd: z.boolean().optional(),
    joinApproval: z.boolean().optional(),
    ephemeralSeconds: z.literal(EPHEMERAL_SECONDS).optional(),
  })
  .strict()
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'something to change');

export const ParticipantsBody = z.object({ participants: People });

/** One or several, in either form. */
export const AdminsBody = z
  .object({ adminJid: Person.optional(), participants: People.optional() })
  .transform(({ adminJid, participants = [] }, context) => {
    const people = adminJid === undefined ? participants : [adminJid, ...participants];
    if (people.length > 0) return { participants: people };
    context.addIssue({ code: 'custom', path: ['adminJid'], message: 'adminJid or participants is missing' });
    return z.NEVER;
  });

/** The code itself, or the link it is the end of. */
export const JoinBody = z
  .object({ code: z.string().optional(), link: z.string().optional() })
  .transform(({ code, link }, context) => {
    const match = /^(?:https:\/\/chat\.whatsapp\.com\/(?:invite\/)?)?([A-Za-z0-9_-]{4,64})$/.exec(
      (code ?? link ?? '').trim(),
    );
    if (match?.[1] !== undefined) return { code: match[1] };
    context.addIssue({ code: 'custom', path: ['code'], message: 'the code or the link of an invitation' });
    return z.NEVER;
  });

const ParticipantSchema = z.object({
  jid: z.string(),
  lid: z.string().nullable(),
  phoneNumber: z.string().nullable(),
  role: z.enum(['member', 'admin', 'superadmin']),
});

export const GroupSchema = z
  .object({
    groupId: z.string(),
    subject: z.string(),
    description: z.string().nullable(),
    owner: z.string().nullable(),
    createdAt: z.string().nullable(),
    addressing: z.enum(['pn', 'lid']),
    announceOnly: z.boolean(),
    locked: z.boolean(),
    membersMayAdd: z.boolean(),
    joinApproval: z.boolean(),
    ephemeralSeconds: z.number().int(),
    isAdmin: z.boolean(),
    participantCount: z.number().int(),
    participants: z.array(ParticipantSchema),
  })
  .meta({ id: 'Group' });

export const GroupListSchema = z.object({ items: z.array(GroupSchema), total: z.number().int() });

export const PersonResultsSchema = z.object({
  results: z.array(
    z.object({
      participant: z.string(),
      jid: z.string().nullable(),
      success: z.boolean(),
      error: z.object({ code: z.string(), message: z.string() }).nullable(),
    }),
  ),
  successCount: z.number().int(),
  errorCount: z.number().int(),
});

export const CreatedGroupSchema = PersonResultsSchema.extend({ group: GroupSchema });

export const InviteSchema = z.object({ code: z.string(), inviteLink: z.string() });

export const JoinedSchema = z.object({
  groupId: z.string().nullable(),
  joined: z.boolean().describe('False: administrators decide first'),
});

export const JoinRequestsSchema = z.object({
  items: z.array(
    z.object({ jid: z.string(), phoneNumber: z.string().nullable(), requestedAt: z.string().nullable() }),
  ),
  total: z.number().int(),
});
