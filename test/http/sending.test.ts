import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

/** A device that is never connected: what is accepted waits. */
beforeAll(async () => {
  server = await startServer();
  await server.createDevice('shop');
});
afterAll(() => server.stop());

const item = { to: '08123456789', message: 'hello' };
const send = (body: object, query = '') =>
  server.api.post<{ messageId: string; status: string; results: object[] }>(
    `devices/shop/send-message${query}`,
    body,
  );
const sendToGroup = (body: object, query = '') =>
  server.api.post<{ to: string; results: object[] }>(`devices/shop/send-group-message${query}`, body);

describe('send-message', () => {
  it.each<[string, object, string]>([
    ['nothing', {}, 'to'],
    ['no text', { to: '08123456789' }, 'message'],
    ['nobody to send to', { message: 'x' }, 'to'],
    ['one and many', { ...item, messages: [item] }, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['too many to wait for', { messages: Array.from({ length: 51 }, () => item) }, 'messages'],
    ['a text too long', { ...item, message: 'x'.repeat(4097) }, 'message'],
    ['a delay too long', { messages: [item], delay: 601 }, 'delay'],
  ])('refuses %s and names the field', async (_name, body, field) => {
    const { status, code, details } = await send(body, '?queue=true');
    expect([status, code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(details.fields).toContainEqual(expect.objectContaining({ in: 'body', field }));
  });

  it('tells of jobs when there are too many', async () => {
    const answer = await send({ messages: Array.from({ length: 51 }, () => item) });
    expect(answer.message).toContain('a job takes up to 10,000');
  });

  it.each([{ ...item }, { messages: [item] }])(
    'to a device that is not connected is refused at once',
    async (body) => {
      expect(await send(body)).toMatchObject({ status: 409, code: 'DEVICE_NOT_CONNECTED' });
    },
  );

  it('waits for the device when told so, one or many', async () => {
    expect(await send(item, '?queue=true')).toMatchObject({ status: 202, data: { status: 'queued' } });
    const many = await send({ messages: [item, { to: 'nobody', message: 'x' }, 7] }, '?queue=true');
    expect(many).toMatchObject({
      status: 202,
      data: {
        successCount: 1,
        errorCount: 2,
        pendingCount: 1,
        results: [
          { index: 0, to: '628123456789@s.whatsapp.net', success: true, status: 'queued', error: null },
          { index: 1, to: 'nobody', success: false, messageId: null, error: { code: 'RECIPIENT_INVALID' } },
          { index: 2, to: '', success: false, messageId: null, error: { code: 'VALIDATION_FAILED' } },
        ],
      },
    });
  });

  it('of which nothing can be sent says so item by item, also under a key', async () => {
    const ask = () =>
      server.api.call<{ errorCount: number }>({
        method: 'POST',
        path: 'devices/shop/send-message?queue=true',
        body: { messages: [{ to: 'nobody', message: 'x' }] },
        headers: { 'idempotency-key': 'nothing' },
      });
    const first = await ask();
    expect(first).toMatchObject({ status: 200, data: { errorCount: 1 } });
    expect((await ask()).text).toBe(first.text);
  });

  it('to a device nobody made is refused', async () => {
    const answers = [
      await server.api.post('devices/nobody/send-message', item),
      await server.api.post('devices/nobody/send-message', { messages: [item] }),
    ];
    expect(answers.map(({ status, code }) => [status, code])).toEqual([
      [404, 'DEVICE_NOT_FOUND'],
      [404, 'DEVICE_NOT_FOUND'],
    ]);
  });
});

describe('send-group-message', () => {
  it('takes the JID of a group, or what is before its @', async () => {
    for (const groupId of ['120363041234567890@g.us', '120363041234567890']) {
      const answer = await sendToGroup({ groupId, message: 'hi' }, '?queue=true');
      expect(answer).toMatchObject({ status: 202, data: { to: '120363041234567890@g.us' } });
    }
  });

  it('takes several, with a result each', async () => {
    const items = [
      { groupId: '120363041234567890@g.us', message: 'hi' },
      { groupId: 'friends', message: 'hi' },
    ];
    expect((await sendToGroup({ items }, '?queue=true')).data.results).toMatchObject([
      { success: true },
      { success: false, to: 'friends', error: { code: 'RECIPIENT_INVALID' } },
    ]);
  });

  it('refuses what is no group', async () => {
    const answer = await sendToGroup({ groupId: '08123456789@c.us', message: 'hi' }, '?queue=true');
    expect(answer).toMatchObject({ status: 422, code: 'RECIPIENT_INVALID' });
    expect(await sendToGroup({ to: '08123456789', message: 'hi' })).toMatchObject({ status: 400 });
  });
});
