import { z } from 'zod';
import { RecipientListSchema } from './recipient-schemas.ts';

const Head = z.string().trim().min(1).max(100);

const options = {
  number_column: Head.optional().describe('What the head of the column of numbers says; guessed without it'),
  name_column: Head.optional().describe('The same of names; without any a recipient is called as its number'),
  field_columns: z
    .string()
    .max(2_000)
    .optional()
    .describe('Heads of the columns that become fields, with commas between; all that can be without it'),
  delimiter: z.enum(['comma', 'semicolon', 'tab', 'bar']).optional().describe('Guessed without it'),
  on_existing: z.enum(['keep', 'update']).optional().describe('What happens to numbers that are there'),
};

export const ImportQuery = z.object(options);

/** A form has the options beside its file; a body that is the table itself has them in the address. */
export const ImportTableBody = z
  .object({
    ...options,
    table: z
      .custom<Uint8Array>((value) => value instanceof Uint8Array, 'the bytes of a table')
      .meta({ type: 'string', format: 'binary', description: 'In a form: `file`. Else the body itself.' }),
  })
  .meta({ id: 'RecipientTable', description: 'text/csv, or a form with the table as its `file`' });

export const TableReportSchema = z
  .object({
    columns: z.object({ number: z.string(), name: z.string().nullable(), fields: z.array(z.string()) }),
    rows: z.number().int(),
    created: z.number().int(),
    updated: z.number().int(),
    existing: z.number().int(),
    invalid: z.number().int(),
    added: z.number().int().describe('How many of them were not on the list'),
    bad: z
      .array(
        z.object({
          line: z.number().int(),
          column: z.string().nullable(),
          code: z.string(),
          message: z.string(),
        }),
      )
      .describe('The first 1,000'),
    list: RecipientListSchema,
  })
  .meta({ id: 'RecipientTableImport' });
