import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import * as schemas from './recipient-schemas.ts';
import type { RecipientService } from './recipient-service.ts';

/** `/recipients`: people to write to. Mounted under `/api/whatsapp`. */
export const recipientRoutes: RoutePlugin<{ recipients: RecipientService }> = async (app, { recipients }) => {
  app.get('/recipients', listRecipients, async (request) =>
    ok(request, await recipients.list(request.query)),
  );

  app.post('/recipients', createRecipient, async (request, reply) =>
    reply.code(201).send(ok(request, await recipients.create(request.body), 'Recipient added')),
  );

  app.post('/recipients/bulk', takeRecipients, async (request) => {
    const { recipients: entries, on_existing: onExisting } = request.body;
    const { items, ...counts } = await recipients.takeMany(entries, onExisting);
    return ok(request, { ...counts, items: [...items] }, 'Recipients taken');
  });

  app.get('/recipients/:id', getRecipient, async (request) =>
    ok(request, await recipients.view(request.params.id)),
  );

  app.put('/recipients/:id', editRecipient, async (request) =>
    ok(request, await recipients.change(request.params.id, request.body), 'Recipient changed'),
  );

  app.delete('/recipients/:id', deleteRecipient, async (request) => {
    await recipients.remove(request.params.id);
    return ok(request, null, 'Recipient deleted');
  });
};

const tags = ['Recipients'];
const reading = { config: { scope: 'report:read' } } as const;
const changing = { config: { scope: 'message:send' } } as const;

const listRecipients = {
  ...reading,
  schema: {
    operationId: 'listRecipients',
    tags,
    querystring: schemas.ListRecipientsQuery,
    response: { 200: envelope(schemas.RecipientPageSchema) },
  },
} as const;

const createRecipient = {
  ...changing,
  schema: {
    operationId: 'createRecipient',
    tags,
    body: schemas.RecipientBody,
    response: { 201: envelope(schemas.RecipientSchema) },
  },
} as const;

const takeRecipients = {
  ...changing,
  schema: {
    operationId: 'createRecipients',
    tags,
    body: schemas.RecipientsBody,
    response: { 200: envelope(schemas.ImportReportSchema) },
  },
} as const;

const getRecipient = {
  ...reading,
  schema: {
    operationId: 'getRecipient',
    tags,
    params: schemas.RecipientParams,
    response: { 200: envelope(schemas.RecipientSchema) },
  },
} as const;

const editRecipient = {
  ...changing,
  schema: {
    operationId: 'editRecipient',
    tags,
    params: schemas.RecipientParams,
    body: schemas.EditRecipientBody,
    response: { 200: envelope(schemas.RecipientSchema) },
  },
} as const;

const deleteRecipient = {
  ...changing,
  schema: {
    operationId: 'deleteRecipient',
    tags,
    params: schemas.RecipientParams,
    response: { 200: envelope(NoData) },
  },
} as const;
