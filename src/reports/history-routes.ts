import type { FastifyReply, FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { sendCsv } from './csv-answer-routes.ts';
import type { HistoryService, OrderedPaging, WrittenSubject } from './history-service.ts';
import * as schemas from './report-schemas.ts';

interface HistoryRoutesOptions {
  history: HistoryService;
}

/** What all lists of messages take. */
interface ListQuery extends OrderedPaging {
  readonly session_id?: string | undefined;
  readonly date?: string | undefined;
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly format: 'json' | 'csv';
}

/** Messages of history: by device, by number, by pair, by word. */
export const historyRoutes: RoutePlugin<HistoryRoutesOptions> = async (app, { history }) => {
  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    about: { query: ListQuery; subject: WrittenSubject },
  ) {
    const { session_id: record, date, start_date: start, end_date: end, format, ...paging } = about.query;
    const question = { subject: about.subject, record, date, start, end };
    if (format === 'json') return ok(request, await history.list(question, request.access, paging));
    return sendCsv(reply, 'messages.csv', await history.csv(question, request.access, paging.order));
  }

  app.get('/message/details', listDetails, (request, reply) =>
    list(request, reply, { query: request.query, subject: { kind: 'everybody' } }),
  );

  app.get('/messages/by-number/:whatsapp_number', listByNumber, (request, reply) => {
    const number = request.params.whatsapp_number;
    return list(request, reply, { query: request.query, subject: { kind: 'own', number } });
  });

  app.get('/messages/number/:phone_number', listOfNumber, (request, reply) => {
    const number = request.params.phone_number;
    return list(request, reply, { query: request.query, subject: { kind: 'either', number } });
  });

  app.get('/history/filtered', listFiltered, (request, reply) => {
    const { sender_number, receiver_number, ...query } = request.query;
    return list(request, reply, { query, subject: subjectOf(sender_number, receiver_number) });
  });

  app.get('/conversation/:phone1/:phone2', listConversation, (request, reply) => {
    const { phone1, phone2 } = request.params;
    return list(request, reply, {
      query: request.query,
      subject: { kind: 'between', numbers: [phone1, phone2] },
    });
  });

  app.get('/search', searchMessages, async (request) => {
    const {
      q: text,
      number,
      direction,
      session_id: record,
      date,
      start_date: start,
      end_date: end,
      ...paging
    } = request.query;
    const question = { text, number, direction, record, date, start, end };
    return ok(request, await history.find(question, request.access, paging));
  });
};

function subjectOf(sender: string | undefined, receiver: string | undefined): WrittenSubject {
  if (sender !== undefined && receiver !== undefined)
    return { kind: 'directed', numbers: [sender, receiver] };
  if (sender !== undefined) return { kind: 'sender', number: sender };
  if (receiver !== undefined) return { kind: 'receiver', number: receiver };
  return { kind: 'everybody' };
}

const reading = { config: { scope: 'report:read' } } as const;
const tags = ['Reports'];
const response = { 200: envelope(schemas.HistoryListSchema) };

const listDetails = {
  ...reading,
  schema: { operationId: 'listMessageDetails', tags, querystring: schemas.DetailsQuery, response },
} as const;

const listByNumber = {
  ...reading,
  schema: {
    operationId: 'listMessagesByOwnNumber',
    tags,
    description: 'Messages of one of our numbers, also in groups.',
    params: schemas.ByNumberParams,
    querystring: schemas.DetailsQuery,
    response,
  },
} as const;

const listOfNumber = {
  ...reading,
  schema: {
    operationId: 'listMessagesOfNumber',
    tags,
    description: 'Messages written by any number, or to it.',
    params: schemas.PhoneParams,
    querystring: schemas.DetailsQuery,
    response,
  },
} as const;

const listFiltered = {
  ...reading,
  schema: { operationId: 'listFilteredHistory', tags, querystring: schemas.FilteredQuery, response },
} as const;

const listConversation = {
  ...reading,
  schema: {
    operationId: 'listConversation',
    tags,
    description:
      'What two numbers wrote to each other, both directions in order; once each, also when both are ours.',
    params: schemas.ConversationParams,
    querystring: schemas.ConversationQuery,
    response,
  },
} as const;

const searchMessages = {
  ...reading,
  schema: {
    operationId: 'searchMessages',
    tags,
    description:
      'Messages with all of these words, whatever their case and accents. At most 10,000 are counted.',
    querystring: schemas.SearchQuery,
    response: { 200: envelope(schemas.SearchListSchema) },
  },
} as const;
