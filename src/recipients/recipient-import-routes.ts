import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { acceptForms, isForm, readForm } from '../http/multipart.ts';
import { envelope } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import { ImportQuery, ImportTableBody, TableReportSchema } from './recipient-import-schemas.ts';
import type { RecipientImportService } from './recipient-import-service.ts';
import { RecipientParams } from './recipient-schemas.ts';

interface RecipientImportRoutesOptions {
  readonly recipientImports: RecipientImportService;
}

/** Ten thousand rows with some fields are a megabyte. */
const LARGEST_TABLE_BYTES = 5 * 1024 * 1024;
const TABLE_TYPES = ['text/csv', 'application/csv', 'text/tab-separated-values'];
const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', bar: '|' } as const;

/** Tables of people into a list. Mounted under `/api/whatsapp`, in a scope of its own: only here bodies are tables. */
export const recipientImportRoutes: RoutePlugin<RecipientImportRoutesOptions> = async (app, services) => {
  const { recipientImports } = services;
  await acceptForms(app);
  app.addContentTypeParser(TABLE_TYPES, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('preValidation', async (request) => {
    if (!isForm(request)) {
      request.body = { table: request.body };
      return;
    }
    const take = ({ bytes }: { bytes: AsyncIterable<Uint8Array> }) => wholeOf(bytes);
    const { fields, file } = await readForm(request, { maxBytes: LARGEST_TABLE_BYTES, take });
    request.body = { ...fields, ...(file && { table: file }) };
  });

  app.post('/recipient-lists/:id/import', importTable, async (request) => {
    const { table, ...given } = request.body;
    const { on_existing = request.query.on_existing ?? 'keep' } = given;
    const { number_column, name_column, field_columns, delimiter } = { ...request.query, ...given };
    const report = await recipientImports.importInto(request.params.id, {
      bytes: table,
      mapping: {
        numberColumn: number_column,
        nameColumn: name_column,
        fieldColumns: field_columns?.split(',').map((head) => head.trim()),
        delimiter: delimiter && DELIMITERS[delimiter],
      },
      onExisting: on_existing,
    });
    return ok(request, report, 'Table imported');
  });
};

/** Throws BODY_TOO_LARGE. */
async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > LARGEST_TABLE_BYTES) throw new AppError('BODY_TOO_LARGE', { maxBytes: LARGEST_TABLE_BYTES });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const importTable = {
  config: { scope: 'message:send' },
  bodyLimit: LARGEST_TABLE_BYTES,
  schema: {
    operationId: 'importRecipientTable',
    tags: ['Recipients'],
    description:
      'Takes the people of a table as recipients and puts them on the list; a bad row spoils itself alone.',
    consumes: ['text/csv', 'multipart/form-data'],
    params: RecipientParams,
    querystring: ImportQuery,
    body: ImportTableBody,
    response: { 200: envelope(TableReportSchema) },
  },
} as const;
