import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './text-item.ts';

/** Most messages of one request that waits for them: fifty at 2 to 5 s are about three minutes. */
const MOST_AT_ONCE = 50;
/** In seconds. */
const MAX_DELAY = 600;

const RecipientText = z.string().trim().min(3).max(80);
const MessageText = z.string().min(1).max(MAX_TEXT_LENGTH);

/** Items are judged by the service, each by itself; here they are only described. */
const itemsOf = (recipient: 'to' | 'groupId') =>
  z
    .array(
      z.unknown().meta({
        type: 'object',
        properties: {
          [recipient]: { type: 'string' },
          message: { type: 'string', minLength: 1, maxLength: MAX_TEXT_LENGTH },
        },
        required: [recipient, 'message'],
      }),
    )
    .min(1)
    .max(MOST_AT_ONCE, `at most ${MOST_AT_ONCE} at once; a job takes up to 10,000`)
    .optional();

const Delay = z
  .number()
  .min(0)
  .max(MAX_DELAY)
  .optional()
  .describe('Seconds between two items; without it 2 to 5 at random');

/** One text, or several. */
export const SendMessageBody = z
  .object({
    to: RecipientText.optional(),
    message: MessageText.optional(),
    messages: itemsOf('to'),
    delay: Delay,
  })
  .meta({ id: 'SendMessage', anyOf: [{ required: ['to', 'message'] }, { required: ['messages'] }] })
  .transform(({ to, message, messages, delay }, context) =>
    oneOrMany(
      { recipient: { name: 'to', value: to }, message, items: { name: 'messages', value: messages }, delay },
      context,
    ),
  );

/** One text to a group, or several. */
export const SendGroupMessageBody = z
  .object({
    groupId: RecipientText.optional(),
    message: MessageText.optional(),
    items: itemsOf('groupId'),
    delay: Delay,
  })
  .meta({ id: 'SendGroupMessage', anyOf: [{ required: ['groupId', 'message'] }, { required: ['items'] }] })
  .transform(({ groupId, message, items, delay }, context) =>
    oneOrMany(
      {
        recipient: { name: 'groupId', value: groupId },
        message,
        items: { name: 'items', value: items },
        delay,
      },
      context,
    ),
  );

interface Given {
  readonly recipient: { readonly name: string; readonly value: string | undefined };
  readonly message: string | undefined;
  readonly items: { readonly name: string; readonly value: unknown[] | undefined };
  readonly delay: number | undefined;
}

/** Which of the two forms a body has; tells what is missing when it has neither. */
function oneOrMany({ recipient, message, items, delay }: Given, context: z.RefinementCtx) {
  const refuse = (field: string, problem: string) => {
    context.addIssue({ code: 'custom', path: [field], message: problem });
  };
  if (items.value !== undefined) {
    if (recipient.value === undefined && message === undefined) {
      const delayMs = delay === undefined ? null : Math.round(delay * 1000);
      return { form: 'many' as const, items: items.value, delayMs };
    }
    refuse(items.name, `either ${items.name}, or ${recipient.name} and message`);
    return z.NEVER;
  }
  if (recipient.value !== undefined && message !== undefined) {
    return { form: 'one' as const, to: recipient.value, text: message };
  }
  if (recipient.value === undefined) refuse(recipient.name, 'is missing');
  if (message === undefined) refuse('message', 'is missing');
  return z.NEVER;
}

export const SendQuery = z.object({
  queue: z.stringbool().default(false).meta({
    description: 'Accept the message while the device is not connected; it goes when it is',
  }),
});

/** Of a message that is kept back although its device is connected. */
const Waiting = {
  reason: z.string().optional().describe('With 202: why it waits, as pacing and WhatsApp name it'),
  retryAt: z.string().optional().describe('With 202: it does not go before this'),
};

export const SentMessageSchema = z
  .object({ messageId: z.string(), to: z.string(), status: z.string(), ...Waiting })
  .meta({ id: 'SentMessage' });

const SentMessages = z
  .object({
    results: z.array(
      z.object({
        index: z.number().int(),
        to: z.string(),
        success: z.boolean(),
        messageId: z.string().nullable(),
        status: z.string(),
        error: z.object({ code: z.string(), message: z.string() }).nullable(),
        ...Waiting,
      }),
    ),
    successCount: z.number().int(),
    errorCount: z.number().int(),
    pendingCount: z.number().int(),
  })
  .meta({ id: 'SentMessages' });

/** The form of the answer is the form of the request. */
export const SentSchema = z.union([SentMessageSchema, SentMessages]);
