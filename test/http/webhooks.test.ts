import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Api } from '../support/api.ts';
import { expectOk } from '../support/client.ts';
import { hostileUrls } from '../support/hostile-urls.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { SECRET, startHook } from '../support/webhooks.ts';

interface Webhook {
  readonly webhookId: string;
  readonly status: string;
  readonly deviceIds: readonly string[] | null;
  readonly secret?: string;
}
interface Delivery {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly status: string;
  readonly attemptCount: number;
  readonly attempts: readonly { readonly number: number; readonly statusCode: number | null }[];
}
interface List<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly nextCursor: string | null;
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ environment: { EGRESS_ALLOW: '127.0.0.1' } });
  await server.createDevice('ana');
  await server.createDevice('budi');
});
afterAll(() => server.stop());
beforeEach(async () => {
  const { data } = await server.api.get<List<Webhook>>('webhooks');
  for (const { webhookId } of data.items) await server.api.delete(`webhooks/${webhookId}`);
});

const ORDER = { url: 'http://127.0.0.1:9/hook', events: ['message'] };
const post = (body: object, api: Api = server.api) => api.post<Webhook>('webhooks', body);
const made = async (body: object = {}): Promise<Webhook> => expectOk(await post({ ...ORDER, ...body })).data;
const nobody = '0'.repeat(26);

/** Something happens to a device, and an event tells of it. */
async function happen(deviceId: string): Promise<void> {
  const body = { to: '08123456789', message: 'hello', scheduleTime: '2098-01-01 09:00:00' };
  expectOk(await server.api.post(`devices/${deviceId}/schedule-message`, body));
}

describe('a webhook', () => {
  it('is made, read, listed, changed and removed; its secret is shown once', async () => {
    const { status, data, text } = await post({ ...ORDER, deviceIds: ['ana'] });
    expect(status).toBe(201);
    expect(data).toEqual({
      webhookId: expect.stringMatching(/^[0-9A-Z]{26}$/),
      url: ORDER.url,
      events: ['message'],
      deviceIds: ['ana'],
      status: 'enabled',
      disabledAt: null,
      disabledReason: null,
      failingSince: null,
      previousSecretUntil: null,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    const { secret, ...shown } = data;
    const path = `webhooks/${data.webhookId}`;
    const read = await server.api.get<Webhook>(path);
    expect(read.data).toEqual(shown);
    const list = await server.api.get<List<Webhook>>('webhooks');
    expect(list.data).toEqual({ items: [shown], total: 1 });
    expect(read.text + list.text).not.toContain(secret);
    expect(text).toContain(secret);

    const changes = {
      url: 'https://shop.example/hook',
      events: ['*', '*'],
      deviceIds: null,
      status: 'disabled',
    };
    const edited = await server.api.put<Webhook>(path, changes);
    expect(edited.data).toMatchObject({ ...changes, events: ['*'], disabledReason: 'by_request' });
    const enabled = await server.api.put<Webhook>(path, { status: 'enabled' });
    expect(enabled.data).toMatchObject({ status: 'enabled', disabledAt: null, disabledReason: null });
    expect((await server.api.delete(path)).status).toBe(200);
    expect(await server.api.get(path)).toMatchObject({ status: 404, code: 'WEBHOOK_NOT_FOUND' });
  });

  it.each([
    ['no events', { events: [] }],
    ['an event nobody knows', { events: ['message', 'breakfast'] }],
    ['an event with which one can link a phone', { events: ['qr'] }],
    ['no devices', { deviceIds: [] }],
    ['a short secret', { secret: 'whsec_c2hvcnQ=' }],
    ['a field nobody knows', { header: 'x' }],
    ['an endless URL', { url: `https://shop.example/${'a'.repeat(2_000)}` }],
  ])('with %s is refused', async (_what, body) => {
    expect(await post({ ...ORDER, ...body })).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('for a device nobody has is refused', async () => {
    const answer = await post({ ...ORDER, deviceIds: ['ana', 'carla'] });
    expect(answer).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND', details: { deviceId: 'carla' } });
  });

  it('at a hostile address is refused with a code, at creation and at a change', async () => {
    const strict = await startServer();
    const { data } = await strict.api.post<Webhook>('webhooks', { ...ORDER, url: 'https://shop.example/' });
    // Names are resolved for real here, and those of attackers are in no DNS.
    const table = hostileUrls(8443).filter(({ url }) => !/attacker|nip/.test(url) && url.length <= 2_000);
    const given = table.filter(({ url }) => url !== '');
    for (const { url, code } of given) {
      expect(await strict.api.post('webhooks', { ...ORDER, url }), url).toMatchObject({ code, details: {} });
      expect(await strict.api.put(`webhooks/${data.webhookId}`, { url }), url).toMatchObject({ code });
    }
    expect(given.length).toBeGreaterThan(100);
    expect((await strict.api.get<List<Webhook>>('webhooks')).data.total).toBe(1);
    await strict.stop();
  });

  it('takes http only where the operator opened the host', async () => {
    expect((await post({ ...ORDER, url: 'https://shop.example/' })).status).toBe(201);
    expect(await post({ ...ORDER, url: 'http://93.184.215.14/' })).toMatchObject({ code: 'URL_NOT_ALLOWED' });
  });

  it('takes a secret it is given, and rotates it', async () => {
    const { webhookId, secret } = await made({ secret: SECRET });
    expect(secret).toBe(SECRET);
    const path = `webhooks/${webhookId}/rotate-secret`;
    const rotated = expectOk(await server.api.post<Webhook>(path));
    expect(rotated.data).toMatchObject({ previousSecretUntil: expect.any(String) });
    expect(rotated.data.secret).not.toBe(SECRET);
    expect(expectOk(await server.api.post<Webhook>(path, { secret: SECRET })).data.secret).toBe(SECRET);
  });

  it('is one of a hundred at most', async () => {
    for (let count = 0; count < 100; count += 1) await made();
    expect(await post(ORDER)).toMatchObject({ status: 409, code: 'WEBHOOK_LIMIT', details: { limit: 100 } });
  });
});

describe('a test event', () => {
  it('tells what came of it, also for a disabled webhook', async () => {
    const answers = [204, 500];
    const hook = await startHook({
      answer: (response) => void response.writeHead(answers.shift() ?? 500).end('no'),
    });
    const { webhookId } = await made({ url: hook.url, secret: SECRET });
    await server.api.put(`webhooks/${webhookId}`, { status: 'disabled' });
    const test = () => server.api.post<{ eventId: string }>(`webhooks/${webhookId}/test`);
    const first = expectOk(await test());
    expect(first.data).toMatchObject({ delivered: true, statusCode: 204, error: null, response: null });
    expect(hook.posted.all[0]).toMatchObject({
      id: first.data.eventId,
      isGenuine: true,
      body: { type: 'test', deviceId: null, data: { webhookId } },
    });
    expect((await test()).data).toMatchObject({
      delivered: false,
      statusCode: 500,
      error: 'status',
      response: 'no',
    });
  });
});

describe('deliveries', () => {
  /** A webhook with one delivery that was taken. */
  async function delivered() {
    const hook = await startHook();
    const { webhookId } = await made({
      url: hook.url,
      secret: SECRET,
      events: ['schedule'],
      deviceIds: ['ana'],
    });
    await happen('ana');
    const posted = await hook.posted.waitFor(() => true);
    const path = `webhooks/${webhookId}/deliveries`;
    const isOver = ({ data }: Answer<List<Delivery>>) => data.items[0]?.status === 'delivered';
    let list = await server.api.get<List<Delivery>>(path);
    while (!isOver(list)) list = await server.api.get<List<Delivery>>(path);
    const [delivery] = list.data.items;
    if (!delivery) throw new Error('nothing was delivered');
    return { hook, webhookId, posted, delivery, path };
  }

  it('are listed with their attempts, and one can be made again under the same id', async () => {
    const { hook, posted, delivery, path } = await delivered();
    expect(delivery).toMatchObject({
      eventId: posted.id,
      eventType: 'schedule',
      deviceId: 'ana',
      attemptCount: 1,
      nextAttemptAt: null,
      lastStatusCode: 204,
      attempts: [{ number: 1, statusCode: 204, error: null, response: null }],
    });
    expect((await server.api.get<List<Delivery>>(`${path}?status=failed`)).data.items).toEqual([]);
    const one = `deliveries/${delivery.deliveryId}`;
    expect((await server.api.get(one)).data).toEqual(delivery);
    const from = hook.posted.all.length;
    expect((await server.api.post(`${one}/redeliver`)).status).toBe(202);
    expect((await hook.posted.waitFor(() => true, from)).id).toBe(posted.id);
  });

  it('that failed since a time can be made again together', async () => {
    const { webhookId } = await made();
    const path = `webhooks/${webhookId}/redeliver-failed`;
    expect((await server.api.post(path, { since: '2026-01-01T00:00:00Z' })).data).toEqual({
      count: 0,
      more: false,
    });
    expect(await server.api.post(path, { since: 'yesterday' })).toMatchObject({ code: 'VALIDATION_FAILED' });
    await server.api.put(`webhooks/${webhookId}`, { status: 'disabled' });
    const refused = await server.api.post(path, { since: '2026-01-01T00:00:00Z' });
    expect(refused).toMatchObject({ status: 409, code: 'WEBHOOK_DISABLED' });
  });

  it('nobody has are not found', async () => {
    for (const path of [`deliveries/${nobody}`, `deliveries/${nobody}/redeliver`]) {
      const method = path.endsWith('redeliver') ? 'POST' : 'GET';
      expect(await server.api.call({ method, path })).toMatchObject({
        status: 404,
        code: 'DELIVERY_NOT_FOUND',
      });
    }
    const gone = await server.api.get(`webhooks/${nobody}/deliveries`);
    expect(gone).toMatchObject({ status: 404, code: 'WEBHOOK_NOT_FOUND' });
  });

  it('and webhooks exist for a key restricted to devices only within them', async () => {
    const ofBudi = await server.keyFor({ scopes: ['webhook:manage'], deviceIds: ['budi'] });
    const { webhookId, delivery } = await delivered();
    const ofAll = await made();
    const mine = expectOk(await post(ORDER, ofBudi)).data;
    expect(mine.deviceIds).toEqual(['budi']);
    const list = await ofBudi.get<List<Webhook>>('webhooks');
    expect(list.data.items.map((each) => each.webhookId)).toEqual([mine.webhookId]);
    expect(await post({ ...ORDER, deviceIds: ['ana'] }, ofBudi)).toMatchObject({ code: 'DEVICE_NOT_FOUND' });
    const widened = await ofBudi.put<Webhook>(`webhooks/${mine.webhookId}`, { deviceIds: null });
    expect(widened.data.deviceIds).toEqual(['budi']);
    for (const id of [webhookId, ofAll.webhookId]) {
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/test'],
        ['POST', '/rotate-secret'],
        ['GET', '/deliveries'],
      ] as const) {
        const answer = await ofBudi.call({ method, path: `webhooks/${id}${path}` });
        expect(answer, `${method} ${path}`).toMatchObject({ status: 404, code: 'WEBHOOK_NOT_FOUND' });
      }
    }
    const foreign = await ofBudi.get(`deliveries/${delivery.deliveryId}`);
    expect(foreign).toMatchObject({ status: 404, code: 'DELIVERY_NOT_FOUND' });
  });

  it('need the scope webhook:manage', async () => {
    const reader = await server.keyFor({ scopes: ['message:read', 'device:manage'] });
    expect(await reader.get('webhooks')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await reader.get(`deliveries/${nobody}`)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});
