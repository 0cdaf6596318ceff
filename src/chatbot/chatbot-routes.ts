import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope, NoData } from '../http/schemas.ts';
import * as schemas from './chatbot-schemas.ts';
import type { ChatbotService } from './chatbot-service.ts';

/** `/chatbots`: programs that answer for our numbers. Mounted under `/api/whatsapp`. */
export const chatbotRoutes: RoutePlugin<{ chatbots: ChatbotService }> = async (app, { chatbots }) => {
  app.get('/chatbots', listChatbots, async (request) => {
    const { whatsapp_number: number, ...listing } = request.query;
    return ok(request, await chatbots.list({ ...listing, number }, request.access));
  });

  app.post('/chatbots', createChatbot, async (request, reply) => {
    const { body } = request;
    const order = {
      number: body.sender_number,
      session: body.session_id,
      status: body.status,
      endpointUrl: body.endpoint_url,
      answersGroups: body.answers_groups,
    };
    const created = await chatbots.create(order, request.access);
    return reply.code(201).send(ok(request, created, 'Chatbot created; its secret is shown only now'));
  });

  app.put('/chatbots/:id/status', setChatbotStatus, async (request) => {
    const { params, body, access } = request;
    return ok(request, await chatbots.setStatus(params.id, body.status, access), 'Chatbot changed');
  });

  app.put('/chatbots/:whatsapp_number/endpoint', setChatbotEndpoint, async (request) => {
    const { endpoint_url: endpointUrl, answers_groups: answersGroups } = request.body;
    const { whatsapp_number: number } = request.params;
    const change = { endpointUrl, answersGroups };
    return ok(request, await chatbots.setEndpoint(number, change, request.access), 'Endpoint changed');
  });

  app.post('/chatbots/:id/secret', rotateChatbotSecret, async (request) => {
    const changed = await chatbots.rotateSecret(request.params.id, request.access);
    return ok(request, changed, 'Secret changed; it is shown only now');
  });

  app.post('/chatbots/:id/test', testChatbot, async (request) => {
    const { tookMs, replies, ...trial } = await chatbots.test(request.params.id, request.access);
    const data = { ...trial, replies: [...replies], took_ms: tookMs };
    return ok(request, data, trial.ok ? 'The endpoint answered' : 'The endpoint did not answer as it should');
  });

  app.get('/chatbots/:id/turns', listChatbotTurns, async (request) =>
    ok(request, await chatbots.turns(request.params.id, request.query, request.access)),
  );

  app.delete('/chatbots/:id', deleteChatbot, async (request) => {
    await chatbots.remove(request.params.id, request.access);
    return ok(request, null, 'Chatbot deleted');
  });
};

const tags = ['Chatbots'];
const reading = { config: { scope: 'report:read' } } as const;
const changing = { config: { scope: 'webhook:manage' } } as const;

const listChatbots = {
  ...reading,
  schema: {
    operationId: 'listChatbots',
    tags,
    querystring: schemas.ListChatbotsQuery,
    response: { 200: envelope(schemas.ChatbotListSchema) },
  },
} as const;

const createChatbot = {
  ...changing,
  schema: {
    operationId: 'createChatbot',
    tags,
    body: schemas.CreateChatbotBody,
    response: { 201: envelope(schemas.IssuedChatbotSchema) },
  },
} as const;

const setChatbotStatus = {
  ...changing,
  schema: {
    operationId: 'setChatbotStatus',
    tags,
    params: schemas.ChatbotParams,
    body: schemas.ChatbotStatusBody,
    response: { 200: envelope(schemas.ChatbotSchema) },
  },
} as const;

const setChatbotEndpoint = {
  ...changing,
  schema: {
    operationId: 'setChatbotEndpoint',
    tags,
    params: schemas.ChatbotNumberParams,
    body: schemas.ChatbotEndpointBody,
    response: { 200: envelope(schemas.ChatbotSchema) },
  },
} as const;

const rotateChatbotSecret = {
  ...changing,
  schema: {
    operationId: 'rotateChatbotSecret',
    tags,
    params: schemas.ChatbotParams,
    response: { 200: envelope(schemas.IssuedChatbotSchema) },
  },
} as const;

const testChatbot = {
  ...changing,
  schema: {
    operationId: 'testChatbot',
    tags,
    params: schemas.ChatbotParams,
    response: { 200: envelope(schemas.TrialSchema) },
  },
} as const;

const listChatbotTurns = {
  ...reading,
  schema: {
    operationId: 'listChatbotTurns',
    tags,
    params: schemas.ChatbotParams,
    querystring: schemas.ListTurnsQuery,
    response: { 200: envelope(schemas.TurnListSchema) },
  },
} as const;

const deleteChatbot = {
  ...changing,
  schema: {
    operationId: 'deleteChatbot',
    tags,
    params: schemas.ChatbotParams,
    response: { 200: envelope(NoData) },
  },
} as const;
