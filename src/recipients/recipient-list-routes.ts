import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import type { RecipientListService } from './recipient-list-service.ts';
import * as schemas from './recipient-schemas.ts';

interface RecipientListRoutesOptions {
  recipientLists: RecipientListService;
}

/** `/recipient-lists`: recipients under names. Mounted under `/api/whatsapp`. */
export const recipientListRoutes: RoutePlugin<RecipientListRoutesOptions> = async (app, options) => {
  const { recipientLists: lists } = options;

  app.get('/recipient-lists', listLists, async (request) => ok(request, await lists.list(request.query)));

  app.post('/recipient-lists', createList, async (request, reply) => {
    const { name, description = null } = request.body;
    return reply.code(201).send(ok(request, await lists.create({ name, description }), 'List made'));
  });

  app.get('/recipient-lists/:id', getList, async (request) =>
    ok(request, await lists.view(request.params.id)),
  );

  app.put('/recipient-lists/:id', editList, async (request) => {
    const { name, description } = request.body;
    const change = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
    return ok(request, await lists.change(request.params.id, change), 'List changed');
  });

  app.delete('/recipient-lists/:id', deleteList, async (request) => {
    await lists.remove(request.params.id);
    return ok(request, null, 'List deleted');
  });

  app.get('/recipient-lists/:id/members', listMembers, async (request) =>
    ok(request, await lists.members(request.params.id, request.query)),
  );

  app.post('/recipient-lists/:id/members', addMembers, async (request) =>
    ok(request, await lists.addMembers(request.params.id, request.body.recipient_ids), 'Members added'),
  );

  app.delete('/recipient-lists/:id/members', removeMembers, async (request) =>
    ok(request, await lists.removeMembers(request.params.id, request.body.recipient_ids), 'Members removed'),
  );
};

const tags = ['Recipients'];
const reading = { config: { scope: 'report:read' } } as const;
const changing = { config: { scope: 'message:send' } } as const;

const listLists = {
  ...reading,
  schema: {
    operationId: 'listRecipientLists',
    tags,
    querystring: schemas.ListQuery,
    response: { 200: envelope(schemas.RecipientListPageSchema) },
  },
} as const;

const createList = {
  ...changing,
  schema: {
    operationId: 'createRecipientList',
    tags,
    body: schemas.RecipientListBody,
    response: { 201: envelope(schemas.RecipientListSchema) },
  },
} as const;

const getList = {
  ...reading,
  schema: {
    operationId: 'getRecipientList',
    tags,
    params: schemas.RecipientParams,
    response: { 200: envelope(schemas.RecipientListSchema) },
  },
} as const;

const editList = {
  ...changing,
  schema: {
    operationId: 'editRecipientList',
    tags,
    params: schemas.RecipientParams,
    body: schemas.EditRecipientListBody,
    response: { 200: envelope(schemas.RecipientListSchema) },
  },
} as const;

const deleteList = {
  ...changing,
  schema: {
    operationId: 'deleteRecipientList',
    tags,
    params: schemas.RecipientParams,
    response: { 200: envelope(NoData) },
  },
} as const;

const listMembers = {
  ...reading,
  schema: {
    operationId: 'listRecipientListMembers',
    tags,
    params: schemas.RecipientParams,
    querystring: schemas.ListRecipientsQuery,
    response: { 200: envelope(schemas.RecipientPageSchema) },
  },
} as const;

const addMembers = {
  ...changing,
  schema: {
    operationId: 'addRecipientListMembers',
    tags,
    params: schemas.RecipientParams,
    body: schemas.MembersBody,
    response: { 200: envelope(schemas.MembersChangedSchema) },
  },
} as const;

const removeMembers = {
  ...changing,
  schema: {
    operationId: 'removeRecipientListMembers',
    tags,
    params: schemas.RecipientParams,
    body: schemas.MembersBody,
    response: { 200: envelope(schemas.MembersChangedSchema) },
  },
} as const;
