import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import { type BotEndpoint, startBotEndpoint } from '../support/bot-endpoint.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface BotAnswer {
  readonly id: number;
  readonly secret: string;
  readonly status: string;
  readonly endpoint_url: string | null;
}
interface BotList {
  readonly items: readonly BotAnswer[];
  readonly total: number;
}

const BOTS = '/api/whatsapp/chatbots';

let server: TestServer;
let endpoint: BotEndpoint;
let last = 6281200000100;

beforeAll(async () => {
  server = await startServer({ environment: { EGRESS_ALLOW: '127.0.0.1' } });
  await server.createDevice('ana');
});
afterAll(() => server.stop());
beforeEach(async () => {
  endpoint = await startBotEndpoint();
  return () => endpoint.close();
});

const freshNumber = (): string => {
  last += 1;
  return String(last);
};
const post = (body: object, api: Api = server.api) => api.post<BotAnswer>(BOTS, body);
const made = async (body: object = {}): Promise<BotAnswer & { sender_number: string }> => {
  const sender_number = freshNumber();
  return { ...(await post({ sender_number, ...body })).data, sender_number };
};

describe('a chatbot', () => {
  it('is made for a number in any form, and shows its secret once', async () => {
    const { status, data } = await post({ sender_number: '0812-9999-0001', session_id: 'ana' });
    expect(status).toBe(201);
    expect(data).toEqual({
      id: expect.any(Number),
      sender_number: '6281299990001',
      status: 'aktif',
      session_id: 'ana',
      endpoint_url: null,
      answers_groups: false,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = data;
    const list = await server.api.get<BotList>(`${BOTS}?whatsapp_number=081299990001`);
    expect(list.data).toEqual({ items: [shown], total: 1, page: 1, pageSize: 50 });
    expect(list.text).not.toContain(secret);
  });

  it('is one for each number', async () => {
    const { sender_number } = await made();
    expect(await post({ sender_number: `+${sender_number}` })).toMatchObject({
      status: 409,
      code: 'CHATBOT_EXISTS',
    });
  });

  it.each<[string, object, number, string]>([
    ['a number that is none', { sender_number: 'hello' }, 400, 'PHONE_NUMBER_INVALID'],
    ['an unknown device', { sender_number: '6281299990002', session_id: 'nobody' }, 404, 'DEVICE_NOT_FOUND'],
    [
      'a status of another language',
      { sender_number: '6281299990002', status: 'active' },
      400,
      'VALIDATION_FAILED',
    ],
    [
      'a private address',
      { sender_number: '6281299990002', endpoint_url: 'https://10.0.0.5/bot' },
      422,
      'URL_NOT_ALLOWED',
    ],
    ['no URL', { sender_number: '6281299990002', endpoint_url: 'bot' }, 400, 'URL_INVALID'],
    [
      'plain http',
      { sender_number: '6281299990002', endpoint_url: 'http://93.184.216.34/bot' },
      422,
      'URL_NOT_ALLOWED',
    ],
  ])('is refused with %s', async (_what, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, code });
  });

  it('is switched, given an endpoint and deleted', async () => {
    const { id, sender_number } = await made();
    expect(await server.api.put(`${BOTS}/${id}/status`, { status: 'nonaktif' })).toMatchObject({
      status: 200,
      data: { status: 'nonaktif' },
    });
    const path = `${BOTS}/${sender_number}/endpoint`;
    expect(await server.api.put(path, { endpoint_url: endpoint.url, answers_groups: true })).toMatchObject({
      status: 200,
      data: { endpoint_url: endpoint.url, answers_groups: true },
    });
    expect(await server.api.put(path, { endpoint_url: 'https://169.254.169.254/' })).toMatchObject({
      status: 422,
      code: 'URL_NOT_ALLOWED',
    });
    expect(await server.api.put(path, { endpoint_url: null })).toMatchObject({
      data: { endpoint_url: null },
    });
    expect(await server.api.delete(`${BOTS}/${id}`)).toMatchObject({ status: 200, data: null });
    for (const answer of [
      await server.api.delete(`${BOTS}/${id}`),
      await server.api.put(`${BOTS}/${id}/status`, { status: 'aktif' }),
      await server.api.put(path, { endpoint_url: null }),
      await server.api.get(`${BOTS}/${id}/turns`),
      await server.api.post(`${BOTS}/${id}/secret`),
      await server.api.post(`${BOTS}/${id}/test`),
    ]) {
      expect(answer).toMatchObject({ status: 404, code: 'CHATBOT_NOT_FOUND' });
    }
  });

  it('is tested: signed with its secret, also after that was changed, and nothing is sent', async () => {
    const bot = await made({ endpoint_url: endpoint.url });
    const test = () => server.api.post(`${BOTS}/${bot.id}/test`);
    expect(await test()).toMatchObject({
      status: 200,
      data: { ok: true, status: 200, reason: null, replies: ['echo: This is a test'] },
    });
    const { data: changed } = await server.api.post<BotAnswer>(`${BOTS}/${bot.id}/secret`);
    await test();
    const [before, after] = endpoint.questions.all;
    expect(JSON.parse(before?.body ?? '')).toMatchObject({ type: 'message', test: true });
    expect([before?.isSignedWith(bot.secret), before?.isSignedWith(changed.secret)]).toEqual([true, false]);
    expect([after?.isSignedWith(bot.secret), after?.isSignedWith(changed.secret)]).toEqual([false, true]);
    expect((await server.api.get(`${BOTS}/${bot.id}/turns`)).data).toEqual({ items: [], nextCursor: null });
  });

  it.each([
    ['a redirect', { status: 302, body: '' }, { status: 302, reason: 'http-302' }],
    ['an error', { status: 500, body: '{}' }, { status: 500, reason: 'http-500' }],
    ['no answer of a bot', { status: 200, body: '<html>' }, { status: 200, reason: 'answer-invalid' }],
    [
      'more than 64 KB',
      { status: 200, body: JSON.stringify({ reply: 'x'.repeat(70_000) }) },
      { status: 200, reason: 'answer-too-large' },
    ],
  ])('is told that its endpoint gave %s', async (_what, answer, found) => {
    const { id } = await made({ endpoint_url: endpoint.url });
    endpoint.answer(async () => answer);

    expect(await server.api.post(`${BOTS}/${id}/test`)).toMatchObject({
      status: 200,
      data: { ok: false, replies: [], ...found },
    });
  });

  it('cannot be tested without an endpoint', async () => {
    const { id } = await made();
    expect(await server.api.post(`${BOTS}/${id}/test`)).toMatchObject({ code: 'CHATBOT_NO_ENDPOINT' });
  });

  it('of another device does not exist for a key', async () => {
    await server.createDevice('budi');
    const ours = await made({ session_id: 'ana' });
    const scopes = ['webhook:manage', 'report:read'];
    const caller = await server.keyFor({ scopes, deviceIds: ['budi'] });
    const own = await post({ sender_number: freshNumber(), session_id: 'budi' }, caller);
    expect(own.status).toBe(201);
    expect((await caller.get<BotList>(BOTS)).data.items.map(({ id }) => id)).toEqual([own.data.id]);
    expect(await caller.delete(`${BOTS}/${ours.id}`)).toMatchObject({ code: 'CHATBOT_NOT_FOUND' });
    expect(await post({ sender_number: freshNumber(), session_id: 'ana' }, caller)).toMatchObject({
      code: 'DEVICE_NOT_FOUND',
    });
    expect(await post({ sender_number: freshNumber() }, caller)).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    const reader = await server.keyFor({ scopes: ['report:read'] });
    expect(await post({ sender_number: freshNumber() }, reader)).toMatchObject({ status: 403 });
  });
});
