import { z } from 'zod';
import { fileFields, MediaType, oneSource } from '../http/file-schemas.ts';
import { WaMessageIdSchema } from '../http/schemas.ts';
import { quoting, RecipientText } from './media-schemas.ts';
import { MAX_TEXT_LENGTH } from './text-item.ts';

const MessageText = z.string().min(1).max(MAX_TEXT_LENGTH);
const Label = z.string().trim().min(1).max(200);

const Text = z.object({ to: RecipientText, type: z.literal('text'), text: MessageText, ...quoting });

const Location = z.object({
  to: RecipientText,
  type: z.literal('location'),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: Label.optional(),
  address: z.string().trim().min(1).max(500).optional(),
  ...quoting,
});

const Contact = z.object({
  to: RecipientText,
  type: z.literal('contact'),
  contacts: z
    .array(z.object({ name: Label, number: RecipientText, organization: Label.optional() }))
    .min(1)
    .max(50),
  ...quoting,
});

const Poll = z
  .object({
    to: RecipientText,
    type: z.literal('poll'),
    question: z.string().trim().min(1).max(255),
    options: z.array(z.string().trim().min(1).max(100)).min(2).max(12),
    selectable: z.number().int().min(0).max(12).default(1).describe('How many may be chosen; 0: any number'),
    ...quoting,
  })
  .refine(({ options }) => new Set(options).size === options.length, {
    path: ['options'],
    message: 'each option once',
  })
  .refine(({ options, selectable }) => selectable <= options.length, {
    path: ['selectable'],
    message: 'at most as many as there are options',
  });

const Reaction = z.object({
  to: RecipientText,
  type: z.literal('reaction'),
  messageId: WaMessageIdSchema,
  emoji: z.string().max(32).describe('Empty: takes the reaction back'),
});

const Forward = z.object({ to: RecipientText, type: z.literal('forward'), messageId: WaMessageIdSchema });

const File = z
  .object({ to: RecipientText, type: MediaType, ...fileFields, ...quoting })
  .superRefine(oneSource)
  .transform(({ base64: _, ...asked }) => asked);

/** The general door: any kind of message. */
export const SendContentBody = z
  .discriminatedUnion('type', [Text, Location, Contact, Poll, Reaction, Forward, File])
  .meta({ id: 'SendContent' });

export const EditBody = z.object({ text: MessageText });

export const MentionBody = z.object({
  message: MessageText.describe('With {m1} or {mention1}, {mention[0]}, {mentions} where people are named'),
  mentions: z.array(RecipientText).min(1).max(256),
});
