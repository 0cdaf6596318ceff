import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import { sendCsv } from './csv-answer-routes.ts';
import type { FiguresService } from './figures-service.ts';
import type { PairService } from './pair-service.ts';
import * as schemas from './report-schemas.ts';

interface FiguresRoutesOptions {
  figures: FiguresService;
  pairs: PairService;
}

/** Sums over history: of a device, of a number, of a day. */
export const figuresRoutes: RoutePlugin<FiguresRoutesOptions> = async (app, { figures, pairs }) => {
  app.get('/message/stats', getStats, async (request) => {
    const { session_id: record, date, start_date: start, end_date: end } = request.query;
    return ok(request, await figures.stats({ record, date, start, end }, request.access));
  });

  app.get('/messages/number/:phone_number/mapping', listPairs, async (request) => {
    const { session_id: record, date, start_date: start, end_date: end, ...paging } = request.query;
    const question = { number: request.params.phone_number, record, date, start, end };
    return ok(request, await pairs.mapping(question, request.access, paging));
  });

  app.get('/messages/number/:phone_number/contacts', listContacts, async (request) => {
    const { session_id: record, date, start_date: start, end_date: end, ...paging } = request.query;
    const question = { number: request.params.phone_number, record, date, start, end };
    return ok(request, await pairs.contacts(question, request.access, paging));
  });

  app.get('/reports/daily', getDaily, async (request, reply) => {
    const { from, to, session_id: record, format, ...paging } = request.query;
    const question = { from, to, record };
    if (format === 'csv') {
      return sendCsv(reply, 'daily.csv', await figures.dailyCsv(question, request.access));
    }
    return ok(request, await figures.daily(question, request.access, paging));
  });
};

const reading = { config: { scope: 'report:read' } } as const;
const tags = ['Reports'];

const getStats = {
  ...reading,
  schema: {
    operationId: 'getMessageStats',
    tags,
    description: 'Of one day, of a range, or without dates of all that is kept.',
    querystring: schemas.StatsQuery,
    response: { 200: envelope(schemas.StatsSchema) },
  },
} as const;

const listPairs = {
  ...reading,
  schema: {
    operationId: 'listNumberPairs',
    tags,
    description: 'From whom to whom a number took part in 1:1 chats, how often, and the last message.',
    params: schemas.PhoneParams,
    querystring: schemas.PairsQuery,
    response: { 200: envelope(schemas.PairListSchema) },
  },
} as const;

const listContacts = {
  ...reading,
  schema: {
    operationId: 'listNumberContacts',
    tags,
    description: 'With whom a number wrote in 1:1 chats.',
    params: schemas.PhoneParams,
    querystring: schemas.PairsQuery,
    response: { 200: envelope(schemas.ContactListSchema) },
  },
} as const;

const getDaily = {
  ...reading,
  schema: {
    operationId: 'getDailyReport',
    tags,
    description:
      'Per device and day of APP_TIMEZONE, days without messages left out; by default the last 30 days.',
    querystring: schemas.DailyQuery,
    response: { 200: envelope(schemas.DailyListSchema) },
  },
} as const;
