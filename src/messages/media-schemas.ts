import { z } from 'zod';
import { fileFields, MEDIA_KINDS, MediaType, oneSource } from '../http/file-schemas.ts';
import { DeviceIdSchema, GroupIdSchema, WaMessageIdSchema } from '../http/schemas.ts';

export const RecipientText = z.string().trim().min(3).max(80);

export const quoting = {
  quotedMessageId: WaMessageIdSchema.optional().describe('The message of the chat this one replies to'),
  mentions: z.array(RecipientText).max(256).optional().describe('Numbers or JIDs of whom the text names'),
};

/** One of several files of a request; who it goes to is read beside it. */
export const MediaItem = z.object({ mediaType: MediaType, ...fileFields, ...quoting }).superRefine(oneSource);

/** Most messages of one request that waits for them. */
const MOST_AT_ONCE = 50;
const MAX_DELAY_SECONDS = 600;

const described = {
  mediaType: { enum: [...MEDIA_KINDS] },
  base64: { type: 'string' },
  url: { type: 'string' },
  mimetype: { type: 'string' },
  fileName: { type: 'string' },
  caption: { type: 'string' },
};

/** Items are judged by the service, each by itself; here they are only described. */
const itemsOf = (recipient: Record<string, object>) =>
  z
    .array(
      z.unknown().meta({
        type: 'object',
        properties: { ...recipient, ...described },
        required: [...Object.keys(recipient), 'mediaType'],
      }),
    )
    .min(1)
    .max(MOST_AT_ONCE, `at most ${MOST_AT_ONCE} at once; a job takes up to 10,000`);

const Delay = z
  .number()
  .min(0)
  .max(MAX_DELAY_SECONDS)
  .optional()
  .describe('Seconds between two items; without it 2 to 5 at random');

const Options = { mediaType: MediaType.optional(), ...fileFields, ...quoting, delay: Delay };

/** One file, or several. */
export const SendMediaBody = z
  .object({ to: RecipientText.optional(), ...Options, items: itemsOf({ to: { type: 'string' } }).optional() })
  .meta({ id: 'SendMedia', anyOf: [{ required: ['to', 'mediaType'] }, { required: ['items'] }] })
  .transform(({ to, ...given }, context) => {
    const form = oneOrMany(given, context);
    if (form.form === 'many' && to === undefined) return form;
    if (form.form === 'one' && to !== undefined) return { ...form, to };
    return refuse(context, form.form === 'many' ? 'items' : 'to', EITHER_OR);
  });

/** The same to the group of the path. */
export const SendGroupMediaBody = z
  .object({ ...Options, items: itemsOf({}).optional() })
  .meta({ id: 'SendGroupMedia', anyOf: [{ required: ['mediaType'] }, { required: ['items'] }] })
  .transform(oneOrMany);

const EITHER_OR = 'either items, or to and one file';

type Given = z.output<z.ZodObject<typeof Options>> & { readonly items?: unknown[] | undefined };

/** Which of the two forms a body has; tells what is missing when it has neither. */
function oneOrMany({ items, delay, mediaType, ...file }: Given, context: z.RefinementCtx) {
  if (items !== undefined) {
    if (mediaType !== undefined || file.file !== undefined || file.url !== undefined) {
      return refuse(context, 'items', EITHER_OR);
    }
    return { form: 'many' as const, items, delayMs: delay === undefined ? null : Math.round(delay * 1_000) };
  }
  if (mediaType === undefined) return refuse(context, 'mediaType', `one of ${MEDIA_KINDS.join(', ')}`);
  oneSource(file, context);
  const { base64: _, ...described } = file;
  return { form: 'one' as const, asked: { type: mediaType, ...described } };
}

function refuse(context: z.RefinementCtx, field: string, message: string): never {
  context.addIssue({ code: 'custom', path: [field], message });
  return z.NEVER;
}

export const GroupMessageParams = z.object({
  deviceId: DeviceIdSchema,
  groupId: GroupIdSchema,
});
