import { z } from 'zod';
import { fileFields, MediaType, oneSource } from '../http/file-schemas.ts';
import { DeviceIdSchema } from '../http/schemas.ts';
import { parseLocalTime } from './local-time.ts';
import type { GivenTime } from './timing.ts';
import { isZone } from './zone.ts';

/** WhatsApp's own limit is larger; longer texts are documents. In characters. */
const MAX_TEXT_LENGTH = 4096;
/** Leaves room in its column for the start and the end of the rule. */
const MAX_RULE_LENGTH = 400;
const LAST_YEAR = 9_000;

const RecipientText = z.string().trim().min(3).max(80);
const Message = z.string().min(1).max(MAX_TEXT_LENGTH);

const ScheduleTime = z
  .string()
  .trim()
  .max(40)
  .transform((text, context): GivenTime => {
    const time = parseTime(text);
    if (time) return time;
    context.addIssue({ code: 'custom', message: 'a time such as 2026-12-31 09:00:00 or ISO 8601' });
    return z.NEVER;
  })
  .describe('`YYYY-MM-DD HH:mm:ss` on the clocks of `timezone`, or ISO 8601 with an offset for a moment.');

const Timezone = z
  .string()
  .trim()
  .max(64)
  .refine(isZone, 'an IANA time zone such as Asia/Jakarta')
  .describe('IANA name; without it the time zone of the server.');

const RecurrenceRule = z
  .string()
  .trim()
  .min(1)
  .max(MAX_RULE_LENGTH)
  .describe('An RRULE such as `FREQ=WEEKLY;BYDAY=MO,FR`, or five fields of cron such as `0 9 * * 1-5`.');

const MissedPolicySchema = z
  .enum(['send', 'skip'])
  .describe(
    'What happens to a time that passed while no server ran: sent once when it is back, or left out.',
  );

export const ScheduleMessageBody = z
  .object({
    to: RecipientText,
    message: Message.optional(),
    mediaType: MediaType.optional(),
    ...fileFields,
    scheduleTime: ScheduleTime.optional(),
    timezone: Timezone.optional(),
    recurrence: RecurrenceRule.optional(),
    missedPolicy: MissedPolicySchema.default('send'),
  })
  .refine(({ scheduleTime, recurrence }) => scheduleTime !== undefined || recurrence !== undefined, {
    path: ['scheduleTime'],
    message: 'needed, unless recurrence is a cron pattern',
  })
  .refine(({ message, mediaType }) => (message === undefined) !== (mediaType === undefined), {
    path: ['message'],
    message: 'either message, or mediaType and a file',
  })
  .superRefine((body, context) => {
    if (body.mediaType !== undefined) oneSource(body, context);
  })
  .meta({ id: 'ScheduleMessage' });

export const EditScheduleBody = z
  .strictObject({
    message: Message.optional(),
    scheduleTime: ScheduleTime.optional(),
    timezone: Timezone.optional(),
    recurrence: RecurrenceRule.nullable().optional(),
    missedPolicy: MissedPolicySchema.optional(),
  })
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), 'at least one field')
  .meta({ id: 'EditSchedule' });

const Ulid = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an id of this server');

export const ScheduleParams = z.object({ deviceId: DeviceIdSchema, scheduleId: Ulid });

const Status = z.enum(['active', 'done', 'cancelled', 'missed']);

export const ListSchedulesQuery = z.object({
  status: Status.optional(),
  to: RecipientText.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: Ulid.optional(),
});

/** Of all devices at once; pages go on by cursor only. */
export const ListAllSchedulesQuery = z.object({
  deviceId: DeviceIdSchema.optional(),
  status: Status.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  cursor: Ulid.optional(),
});

export const PreviewScheduleBody = z
  .object({
    scheduleTime: ScheduleTime.optional(),
    timezone: Timezone.optional(),
    recurrence: RecurrenceRule.optional(),
    count: z.int().min(1).max(20).default(5).describe('How many times at most'),
  })
  .refine(({ scheduleTime, recurrence }) => scheduleTime !== undefined || recurrence !== undefined, {
    path: ['scheduleTime'],
    message: 'needed, unless recurrence is a cron pattern',
  })
  .meta({ id: 'PreviewSchedule' });

export const SchedulePreviewSchema = z
  .object({
    timezone: z.string(),
    runs: z.array(z.object({ runAt: z.string(), scheduleTime: z.string() })),
  })
  .meta({ id: 'SchedulePreview' });

export const ScheduleSchema = z
  .object({
    scheduleId: z.string(),
    deviceId: z.string(),
    to: z.string(),
    kind: z.string(),
    message: z.string(),
    status: Status,
    runAt: z.string(),
    scheduleTime: z.string(),
    timezone: z.string(),
    recurrence: z.string().nullable(),
    missedPolicy: z.enum(['send', 'skip']),
    messageId: z.string().nullable(),
    lastRunAt: z.string().nullable(),
    runs: z.number().int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Schedule' });

export const ScheduleListSchema = z.object({
  items: z.array(ScheduleSchema),
  total: z.number().int(),
  page: z.number().int(),
  pageSize: z.number().int(),
  nextCursor: z.string().nullable(),
});

const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/i;

/** With an offset it is a moment wherever one is; without it a time on the clocks of some zone. */
function parseTime(text: string): GivenTime | null {
  const [offset = ''] = /(Z|[+-]\d{2}:?\d{2})$/i.exec(MOMENT.test(text) ? text : '') ?? [];
  const time = parseLocalTime(text.slice(0, text.length - offset.length).toUpperCase());
  if (time === null || Number(time.slice(0, 4)) > LAST_YEAR) return null;
  if (offset === '') return { kind: 'local', time };
  const at = new Date(`${time.replace(' ', 'T')}${offset.toUpperCase()}`);
  return Number.isNaN(at.getTime()) ? null : { kind: 'moment', at };
}
