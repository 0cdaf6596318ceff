import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_ROUTES } from '../http/contract-routes.ts';
import { type Client, connectClient, expectOk } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

let sandbox: ServerProcess;
let client: Client;

const post = async <Data>(path: string, body?: object) =>
  expectOk(await client.api.post<Data>(`/api/sandbox${path}`, body));
const get = async <Data>(path: string) => expectOk(await client.api.get<Data>(`/api/sandbox${path}`)).data;

interface Message {
  readonly id: string;
  readonly text: string | null;
  readonly kind: string;
  readonly status: string;
  readonly target: string | null;
  readonly reactions: Readonly<Record<string, string>>;
  readonly revoked: boolean;
}
interface MessagePage {
  readonly items: readonly Message[];
  readonly total: number;
  readonly nextCursor: string | null;
}

/** The event of a message this device received with this text. */
const received = (deviceId: string, text: string) =>
  client.waitForEvent(
    (event) =>
      event.type === 'message' && event.deviceId === deviceId && JSON.stringify(event).includes(text),
  );

beforeAll(async () => {
  sandbox = startServerProcess({ environment: { WA_SANDBOX: 'true' } });
  client = await connectClient({ url: await sandbox.waitReady(), key: ADMIN_KEY });
  for (const [phoneNumber, pushName] of [
    [ANA, 'Ana'],
    [BUDI, 'Budi'],
    [CITRA, 'Citra'],
  ]) {
    await post('/phones', { phoneNumber, pushName });
  }
  await client.createDevice('ana');
  await client.showQr('ana');
  await post(`/phones/${ANA}/scan`, { deviceId: 'ana' });
  await client.waitForStatus('ana', 'connected');
});
afterAll(async () => {
  client.close();
  expect(await sandbox.kill()).toBe(0);
  await sandbox[Symbol.asyncDispose]();
});

describe('phones of the sandbox', () => {
  it('are listed with what is linked with them', async () => {
    const linked = { phoneNumber: ANA, pushName: 'Ana', deviceId: 'ana', autoReply: null };
    const { items, total } = await get<{ items: object[]; total: number }>('/phones');
    expect(total).toBe(3);
    expect(items).toContainEqual(
      expect.objectContaining({ ...linked, devices: [{ device: 1, online: true }] }),
    );
    expect(await get(`/phones/${CITRA}`)).toMatchObject({ deviceId: null, devices: [], messages: 0 });
  });

  it('are made by numbers as people write them, each once', async () => {
    const phoneNumber = '+62 812-0000-0009';
    expect(await post('/phones', { phoneNumber })).toMatchObject({
      status: 201,
      data: { phoneNumber: '6281200000009', deviceId: null },
    });
    expect(await client.api.post('/api/sandbox/phones', { phoneNumber })).toMatchObject({
      status: 409,
      code: 'SANDBOX_REFUSED',
      details: { reason: 'PHONE_EXISTS' },
    });
  });

  it('type the pairing code of a device that nobody had to copy, and unlink it', async () => {
    await client.createDevice('citra');
    await client.showQr('citra');
    expect((await post(`/phones/${CITRA}/pairing-code`, { deviceId: 'citra' })).data).toEqual({ device: 1 });
    await client.waitForStatus('citra', 'connected');
    const gone = expectOk(await client.api.delete(`/api/sandbox/phones/${CITRA}/devices/1`));
    expect(gone.data).toMatchObject({ phoneNumber: CITRA, devices: [] });
    await client.waitForEvent(
      ({ type, deviceId, status }) => type === 'status' && deviceId === 'citra' && status === 'logged_out',
    );
  });

  it('say what they cannot do', async () => {
    const refused = async (path: string, body: object) => {
      const { status, code, details } = await client.api.post(`/api/sandbox${path}`, body);
      return { status, code, reason: details.reason };
    };
    expect(await refused('/phones/6289999999999/send', { to: ANA, text: 'x' })).toEqual({
      status: 404,
      code: 'SANDBOX_NOT_FOUND',
      reason: 'PHONE_NOT_FOUND',
    });
    expect(await refused(`/phones/${ANA}/send`, { to: '6289999999999', text: 'x' })).toMatchObject({
      status: 409,
      reason: 'RECIPIENT_UNKNOWN',
    });
    expect(await refused(`/phones/${BUDI}/scan`, { deviceId: 'nobody' })).toMatchObject({
      code: 'DEVICE_NOT_FOUND',
    });
    expect(await refused(`/phones/${BUDI}/scan`, { deviceId: 'ana' })).toMatchObject({
      code: 'QR_NOT_AVAILABLE',
    });
  });
});

describe('a conversation with a simulated phone', () => {
  it('goes both ways: text, reply, reaction, edit, revocation, read', async () => {
    const hello = await post<Message>(`/phones/${BUDI}/send`, { to: ANA, text: 'hello from Budi' });
    expect(hello.status).toBe(201);
    await received('ana', 'hello from Budi');
    const answer = expectOk(
      await client.api.post<{ messageId: string }>('devices/ana/send-message', {
        to: BUDI,
        message: 'hello Budi',
      }),
    );
    const { messageId } = answer.data;

    expect((await post(`/phones/${BUDI}/read`, { from: ANA })).data).toEqual({ read: 1 });
    await client.waitForEvent(
      (event) => event.messageId === messageId && JSON.stringify(event).includes('"read"'),
    );
    await post(`/phones/${BUDI}/messages/${messageId}/react`, { emoji: '👍' });
    const reply = await post<Message>(`/phones/${BUDI}/messages/${messageId}/reply`, {
      text: 'a quoted reply',
    });
    expect(reply.data).toMatchObject({ quoted: messageId });
    await received('ana', 'a quoted reply');
    await post(`/phones/${BUDI}/messages/${reply.data.id}/edit`, { text: 'a reworded reply' });
    await post(`/phones/${BUDI}/messages/${hello.data.id}/revoke`);

    const { items } = await get<MessagePage>(`/phones/${BUDI}/messages?peer=${ANA}`);
    const byId = new Map(items.map((each) => [each.id, each]));
    expect(byId.get(messageId)).toMatchObject({ text: 'hello Budi', reactions: { [BUDI]: '👍' } });
    expect(byId.get(reply.data.id)).toMatchObject({ text: 'a reworded reply', edited: true });
    expect(byId.get(hello.data.id)).toMatchObject({ revoked: true });
  });

  it('has pages, the newest message first', async () => {
    for (const text of ['one', 'two', 'three']) await post(`/phones/${CITRA}/send`, { to: BUDI, text });
    const seen: (string | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: MessagePage = await get(`/phones/${CITRA}/messages?direction=sent&pageSize=2${query}`);
      seen.push(...page.items.map(({ text }) => text));
      expect(page.total).toBe(3);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['three', 'two', 'one']);
  });

  it.each([
    ['image', 'image/png'],
    ['document', 'text/plain'],
  ])('brings a sample %s', async (kind, mimetype) => {
    const sent = await post<Message>(`/phones/${BUDI}/send-media`, {
      to: ANA,
      kind,
      caption: `a sample ${kind}`,
    });
    expect(sent.data).toMatchObject({ media: { kind, mimetype, state: 'uploaded' } });
    await received('ana', sent.data.id);
    const file = await client.api.get(`devices/ana/media/${sent.data.id}`);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toContain(mimetype);
  });

  it('shows who is typing, and lets the phone answer by itself', async () => {
    const typing = { to: ANA, state: 'composing' };
    expect((await post(`/phones/${BUDI}/typing`, typing)).data).toEqual(typing);
    const presence = await client.api.put(`/api/sandbox/phones/${BUDI}/presence`, { presence: 'available' });
    expect(presence.data).toEqual({ presence: 'available' });

    const autoReply = { text: 'thanks for {text}', match: 'order' };
    await client.api.put(`/api/sandbox/phones/${BUDI}/auto-reply`, autoReply);
    expect(await get(`/phones/${BUDI}`)).toMatchObject({ autoReply });
    await client.api.post('devices/ana/send-message', { to: BUDI, message: 'order 7' });
    await received('ana', 'thanks for order 7');
    const off = await client.api.delete(`/api/sandbox/phones/${BUDI}/auto-reply`);
    expect(off.data).toEqual({ autoReply: null });
  });

  it('takes place in groups of the phone as well', async () => {
    const made = await post<{ group: { id: string } }>(`/phones/${BUDI}/groups`, {
      subject: 'Neighbours',
      members: [ANA],
    });
    const { id } = made.data.group;
    const added = await post(`/phones/${BUDI}/groups/${id}/members`, { members: [CITRA] });
    expect(added.data).toEqual({ results: [{ phoneNumber: CITRA, code: '200' }] });
    await post(`/phones/${CITRA}/send`, { to: id, text: 'hello neighbours' });
    await received('ana', 'hello neighbours');
    const groups = await get<{ items: { members: object[] }[] }>(`/phones/${BUDI}/groups`);
    expect(groups).toMatchObject({ total: 1, items: [{ id, subject: 'Neighbours' }] });
    expect(groups.items[0]?.members).toHaveLength(3);
    expect(JSON.stringify(groups)).not.toContain('inviteCode');
  });
});

describe('faults', () => {
  it('are caused, strike and are cleared', async () => {
    const fault = { kind: 'nack', code: '479', times: 5, target: { phoneNumber: ANA } };
    const caused = await post<{ id: string }>('/faults', fault);
    await client.api.post('devices/ana/send-message', { to: BUDI, message: 'refused once' });
    const list = await get<{ items: { id: string; strikes: number }[]; kinds: object[] }>('/faults');
    expect(list).toMatchObject({ total: 1, items: [{ id: caused.data.id, fault }] });
    expect(list.items[0]?.strikes).toBeGreaterThan(0);
    expect(list.kinds).toContainEqual({
      kind: 'nack',
      fields: [{ name: 'code', type: 'code', required: true }],
    });
    const cleared = await client.api.delete(`/api/sandbox/faults/${caused.data.id}`);
    expect(cleared.data).toMatchObject({ total: 0, items: [] });
    expect(await client.api.delete(`/api/sandbox/faults/${caused.data.id}`)).toMatchObject({
      status: 404,
      code: 'SANDBOX_NOT_FOUND',
    });
  });

  it('are cleared together', async () => {
    await post('/faults', { kind: 'swallow', target: { phoneNumber: '6289999999999' } });
    expect((await client.api.delete('/api/sandbox/faults')).data).toMatchObject({ total: 0 });
  });

  it('also end a connection now, and the device comes back', async () => {
    const from = client.events.length;
    expect((await post(`/phones/${ANA}/devices/1/end`, { how: 'cut' })).data).toEqual({ ended: 'cut' });
    await client.waitForEvent((event) => event.deviceId === 'ana' && event.status === 'connected', from);
  });
});

describe('who may use simulated phones', () => {
  it('learns from the session that there are some', async () => {
    const { data } = await client.api.as(null).get('/api/auth/session');
    expect(data).toMatchObject({ authenticated: false, sandbox: true });
  });

  it('is an administrator who signed in, from a page of this server', async () => {
    const person = { email: 'ana@example.com', password: 'a long enough pass phrase' };
    expectOk(await client.api.post('/api/auth/users', { ...person, name: 'Ana', role: 'admin' }));
    const browser = client.api.as(null);
    const origin = { origin: client.url };
    const login = await browser.call<{ csrfToken: string }>({
      method: 'POST',
      path: '/api/auth/login',
      body: person,
      headers: origin,
    });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const create = (headers: Record<string, string>, phoneNumber: string) =>
      browser.call({
        method: 'POST',
        path: '/api/sandbox/phones',
        body: { phoneNumber },
        headers: { cookie, ...headers },
      });
    const token = { 'x-csrf-token': login.data.csrfToken };
    expect((await create({ ...origin, ...token }, '6281200000010')).status).toBe(201);
    expect(await create({ origin: 'https://evil.example', ...token }, '6281200000011')).toMatchObject({
      status: 403,
      code: 'CSRF_REFUSED',
    });
    expect((await create(origin, '6281200000011')).code).toBe('CSRF_REFUSED');
  });

  it('is an administrator: every route asks for that scope', async () => {
    const answer = await fetch(`${client.url}/openapi.json`);
    const { paths }: { paths: Record<string, Record<string, { 'x-scope': string }>> } = JSON.parse(
      await answer.text(),
    );
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-scope': scope }]) => ({
        route: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        scope,
      })),
    );
    const ours = served.filter(({ route }) => route.includes(' /api/sandbox/'));
    expect(ours.map(({ route }) => route).sort()).toEqual([...SANDBOX_ROUTES].sort());
    expect(ours.filter(({ scope }) => scope !== 'admin')).toEqual([]);
    const reader = await client.keyFor({ scopes: ['device:read', 'device:link', 'message:send'] });
    expect(await reader.get('/api/sandbox/phones')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await client.api.as(null).get('/api/sandbox/phones')).status).toBe(401);
  });
});
