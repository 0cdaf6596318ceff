import { z } from 'zod';

const Session = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .describe('The number of the record of a device, or its deviceId');
const When = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .describe('YYYY-MM-DD, YYYY-MM-DD HH:mm:ss or ISO 8601, in APP_TIMEZONE where it names no offset');
const PhoneNumber = z
  .string()
  .trim()
  .min(4)
  .max(64)
  .describe('A phone number as people write it, or its JID');
const PageNumber = z.coerce.number().int().min(1).max(1_000_000).default(1);
const PageSize = z.coerce.number().int().min(1).max(200).default(50);
const Order = z.enum(['asc', 'desc']);
const Cursor = z
  .string()
  .min(1)
  .max(500)
  .describe('The nextCursor of an earlier answer to the same question');

const Paging = {
  page: PageNumber,
  pageSize: PageSize,
  order: Order.default('desc').describe('desc: the latest first'),
  cursor: Cursor.optional(),
};
const Format = {
  format: z.enum(['json', 'csv']).default('json').describe('csv: all of it, without pages'),
};
const Range = { start_date: When.optional(), end_date: When.optional() };
const AnyRange = { date: When.optional(), ...Range };
const OfSession = { session_id: Session.optional() };

export const SessionParams = z.object({ id: Session });
export const UserParams = z.object({ id: z.string().trim().min(1).max(64) });
export const GroupLinksParams = z.object({ session_id: Session });

export const ListSessionsQuery = z.object({
  page: PageNumber,
  pageSize: PageSize,
  order: Order.default('asc').describe('asc: the oldest device first'),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'the nextCursor of an earlier answer')
    .transform(Number)
    .optional(),
});

export const NoteBody = z
  .object({ keterangan: z.string().trim().max(2_000).nullable() })
  .meta({ id: 'RecordNote' });
export const UserBody = z
  .object({ userId: z.string().trim().min(1).max(64).nullable() })
  .meta({ id: 'SessionUser' });

export const StatsQuery = z.object({ ...OfSession, ...AnyRange });
export const DetailsQuery = z.object({ ...OfSession, ...AnyRange, ...Paging, ...Format });
export const ByNumberParams = z.object({ whatsapp_number: PhoneNumber });
export const PhoneParams = z.object({ phone_number: PhoneNumber });
export const ConversationParams = z.object({ phone1: PhoneNumber, phone2: PhoneNumber });
export const FilteredQuery = z.object({
  receiver_number: PhoneNumber.optional(),
  sender_number: PhoneNumber.optional(),
  ...OfSession,
  ...AnyRange,
  ...Paging,
  ...Format,
});
export const ConversationQuery = z.object({
  ...OfSession,
  ...AnyRange,
  ...Paging,
  order: Order.default('asc').describe('asc: the first message first'),
  ...Format,
});
export const PairsQuery = z.object({ ...OfSession, ...AnyRange, ...Paging });

export const SearchQuery = z.object({
  q: z.string().trim().min(1).max(200).describe('Words that must all begin a word of the text'),
  number: PhoneNumber.optional(),
  direction: z.enum(['in', 'out']).optional(),
  ...OfSession,
  ...AnyRange,
  ...Paging,
});

export const DailyQuery = z.object({
  from: When.optional(),
  to: When.optional(),
  ...OfSession,
  page: PageNumber,
  pageSize: PageSize.default(200),
  cursor: Cursor.optional(),
  ...Format,
});

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    total: z.number().int(),
    page: z.number().int(),
    pageSize: z.number().int(),
    nextCursor: z.string().nullable(),
  });

export const SessionSchema = z
  .object({
    id: z.number().int(),
    deviceId: z.string(),
    deviceName: z.string().nullable(),
    whatsappNumber: z.string().nullable(),
    status: z.string(),
    isConnected: z.boolean(),
    userId: z.string().nullable(),
    keterangan: z.string().nullable(),
    tags: z.array(z.string()).readonly(),
    lastActivity: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'Session' });
export const SessionListSchema = listOf(SessionSchema);

export const GroupLinksSchema = z.object({
  items: z
    .array(
      z.object({
        groupId: z.string(),
        subject: z.string().nullable(),
        participantCount: z.number().int(),
        inviteLink: z.string().nullable(),
      }),
    )
    .readonly(),
  total: z.number().int(),
});

/** What is known of the media; keys that open them never leave. */
const MediaSchema = z.object({
  mimetype: z.string().nullish(),
  fileName: z.string().nullish(),
  sizeBytes: z.number().nullish(),
  seconds: z.number().nullish(),
  width: z.number().nullish(),
  height: z.number().nullish(),
  downloadPath: z.string().nullish(),
});

export const HistoryMessageSchema = z
  .object({
    id: z.string(),
    messageId: z.string(),
    deviceId: z.string(),
    direction: z.enum(['in', 'out']),
    chat: z.string(),
    from: z.string(),
    to: z.string(),
    fromMe: z.boolean(),
    ownNumber: z.string(),
    senderNumber: z.string().nullable(),
    receiverNumber: z.string().nullable(),
    isGroup: z.boolean(),
    pushName: z.string().nullable(),
    type: z.string(),
    text: z.string().nullable(),
    media: MediaSchema.nullable(),
    quotedMessageId: z.string().nullable(),
    reactions: z.record(z.string(), z.string()).nullable(),
    timestamp: z.string(),
    editedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    status: z.string(),
    attempts: z.number().int(),
    error: z.null(),
  })
  .meta({ id: 'HistoryMessage' });
export const HistoryListSchema = listOf(HistoryMessageSchema);
export const SearchListSchema = HistoryListSchema.extend({
  totalIsExact: z.boolean().describe('false: there are more than are counted'),
});

export const StatsSchema = z
  .object({
    deviceId: z.string().nullable(),
    timezone: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    total: z.number().int(),
    incoming: z.number().int(),
    outgoing: z.number().int(),
    distinctContacts: z.number().int(),
    perType: z.record(z.string(), z.number().int()),
    perStatus: z.record(z.string(), z.number().int()),
    perHour: z
      .array(
        z.object({
          hour: z.number().int(),
          incoming: z.number().int(),
          outgoing: z.number().int(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'MessageStats' });

export const PairListSchema = listOf(
  z
    .object({
      senderNumber: z.string(),
      receiverNumber: z.string(),
      count: z.number().int(),
      firstMessageAt: z.string(),
      lastMessageAt: z.string(),
      lastMessage: HistoryMessageSchema.nullable(),
    })
    .meta({ id: 'NumberPair' }),
);

export const ContactListSchema = listOf(
  z
    .object({
      phoneNumber: z.string(),
      pushName: z.string().nullable(),
      sent: z.number().int(),
      received: z.number().int(),
      total: z.number().int(),
      firstMessageAt: z.string(),
      lastMessageAt: z.string(),
    })
    .meta({ id: 'NumberContact' }),
);

export const DailyListSchema = listOf(
  z
    .object({
      date: z.string(),
      deviceId: z.string(),
      sessionId: z.number().int().nullable(),
      whatsappNumber: z.string().nullable(),
      total: z.number().int(),
      incoming: z.number().int(),
      outgoing: z.number().int(),
      delivered: z.number().int(),
      read: z.number().int(),
      played: z.number().int(),
      media: z.number().int(),
      inGroups: z.number().int(),
      distinctContacts: z.number().int(),
    })
    .meta({ id: 'DailyFigures' }),
);
