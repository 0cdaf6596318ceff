import { z } from 'zod';

const MOST_AT_ONCE = 1_000;
const MOST_FIELDS = 30;

const Id = z.coerce.number().int().min(1).max(2_147_483_647);
const Name = z.string().trim().min(1).max(191);
const NumberText = z.string().trim().min(3).max(80).describe('A phone number in any form, or its JID.');
const Fields = z
  .record(z.string().regex(/^[a-zA-Z0-9_]{1,40}$/, '1 to 40 letters, digits and _'), z.string().max(500))
  .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, `at most ${MOST_FIELDS} fields`);

export const RecipientParams = z.object({ id: Id });

export const RecipientBody = z
  .object({ name: Name, number: NumberText, fields: Fields.optional() })
  .meta({ id: 'NewRecipient' });

export const EditRecipientBody = z
  .object({ name: Name.optional(), number: NumberText.optional(), fields: Fields.optional() })
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), 'at least one field')
  .meta({ id: 'EditRecipient' });

/** A name or number that is wrong is told of its entry alone. */
export const RecipientsBody = z
  .object({
    recipients: z
      .array(z.object({ name: Name, number: z.string().trim().min(1).max(80), fields: Fields.optional() }))
      .min(1)
      .max(MOST_AT_ONCE),
    on_existing: z
      .enum(['keep', 'update'])
      .default('keep')
      .describe('What happens to numbers that are there.'),
  })
  .meta({ id: 'NewRecipients' });

export const ListQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(500).default(50),
});

export const ListRecipientsQuery = ListQuery.extend({
  q: z.string().trim().min(1).max(100).optional().describe('Part of a name or of a number.'),
});

export const RecipientSchema = z
  .object({
    id: z.number().int(),
    name: z.string(),
    number: z.string(),
    fields: z.record(z.string(), z.string()),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Recipient' });

const page = <Item extends z.ZodType>(items: Item) =>
  z.object({
    items: z.array(items),
    total: z.number().int(),
    page: z.number().int(),
    pageSize: z.number().int(),
  });

export const RecipientPageSchema = page(RecipientSchema);

export const ImportReportSchema = z
  .object({
    created: z.number().int(),
    updated: z.number().int(),
    existing: z.number().int(),
    invalid: z.number().int(),
    items: z.array(
      z.object({
        index: z.number().int(),
        status: z.enum(['created', 'updated', 'exists', 'invalid']),
        id: z.number().int().nullable(),
        number: z.string().nullable(),
        code: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'RecipientImport' });

const ListName = z.string().trim().min(1).max(100);
const Description = z.string().trim().max(500).nullable();

export const RecipientListBody = z
  .object({ name: ListName, description: Description.optional() })
  .meta({ id: 'NewRecipientList' });

export const EditRecipientListBody = z
  .object({ name: ListName.optional(), description: Description.optional() })
  .refine((edit) => Object.values(edit).some((value) => value !== undefined), 'at least one field')
  .meta({ id: 'EditRecipientList' });

export const MembersBody = z
  .object({ recipient_ids: z.array(z.number().int().min(1).max(2_147_483_647)).min(1).max(MOST_AT_ONCE) })
  .meta({ id: 'RecipientListMembers' });

export const RecipientListSchema = z
  .object({
    id: z.number().int(),
    name: z.string(),
    description: z.string().nullable(),
    members: z.number().int(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'RecipientList' });

export const RecipientListPageSchema = page(RecipientListSchema);

export const MembersChangedSchema = z.object({ changed: z.number().int(), list: RecipientListSchema });
