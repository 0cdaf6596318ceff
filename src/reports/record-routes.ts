import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { RecordService } from './record-service.ts';
import * as schemas from './report-schemas.ts';

interface RecordRoutesOptions {
  records: RecordService;
}

/** The records of devices, as reports name them. */
export const recordRoutes: RoutePlugin<RecordRoutesOptions> = async (app, { records }) => {
  app.get('/sessions', listSessions, async (request) =>
    ok(request, await records.list(request.access, request.query)),
  );

  app.get('/sessions/:id', getSession, async (request) =>
    ok(request, await records.view(request.params.id, request.access)),
  );

  app.get('/sessions/user/:id', listSessionsOfUser, async (request) => {
    const ofUser = { ...request.query, userId: request.params.id };
    return ok(request, await records.list(request.access, ofUser));
  });

  app.put('/sessions/:id/keterangan', describeSession, async (request) => {
    const { keterangan } = request.body;
    const note = keterangan === '' ? null : keterangan;
    return ok(request, await records.describe(request.params.id, request.access, note), 'Note saved');
  });

  app.put('/sessions/:id/user', giveSession, async (request) => {
    const { userId } = request.body;
    return ok(request, await records.giveTo(request.params.id, request.access, userId), 'User saved');
  });

  app.get('/groups/links/:session_id', listGroupLinks, async (request) => {
    const items = await records.groupLinks(request.params.session_id, request.access);
    return ok(request, { items, total: items.length });
  });
};

const reading = { config: { scope: 'report:read' } } as const;
const managing = { config: { scope: 'device:manage' } } as const;
const tags = ['Reports'];

const listSessions = {
  ...reading,
  schema: {
    operationId: 'listSessions',
    tags,
    querystring: schemas.ListSessionsQuery,
    response: { 200: envelope(schemas.SessionListSchema) },
  },
} as const;

const getSession = {
  ...reading,
  schema: {
    operationId: 'getSession',
    tags,
    params: schemas.SessionParams,
    response: { 200: envelope(schemas.SessionSchema) },
  },
} as const;

const listSessionsOfUser = {
  ...reading,
  schema: {
    operationId: 'listSessionsOfUser',
    tags,
    params: schemas.UserParams,
    querystring: schemas.ListSessionsQuery,
    response: { 200: envelope(schemas.SessionListSchema) },
  },
} as const;

const describeSession = {
  ...managing,
  schema: {
    operationId: 'describeSession',
    tags,
    description: 'The note on a device; null or an empty text removes it.',
    params: schemas.SessionParams,
    body: schemas.NoteBody,
    response: { 200: envelope(schemas.SessionSchema) },
  },
} as const;

const giveSession = {
  ...managing,
  schema: {
    operationId: 'giveSession',
    tags,
    description: 'Whose device it is, by an id of your own; null for nobody.',
    params: schemas.SessionParams,
    body: schemas.UserBody,
    response: { 200: envelope(schemas.SessionSchema) },
  },
} as const;

const listGroupLinks = {
  ...reading,
  schema: {
    operationId: 'listGroupLinks',
    tags,
    description: 'The groups of a connected device with their invite links, asked of WhatsApp now.',
    params: schemas.GroupLinksParams,
    response: { 200: envelope(schemas.GroupLinksSchema) },
  },
} as const;
