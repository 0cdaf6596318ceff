import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  const made = await server.api.post<{ id: number }>('/api/whatsapp/recipient-lists', { name: 'Nobody' });
  expect(made.status).toBe(201);
});
afterAll(() => server.stop());

const code = async (path: string, body: object) => (await server.api.post(path, body)).code;

describe('a one-time code', () => {
  const order = { to: '08123456789', purpose: 'login' };

  it.each([
    [{ ...order, to: undefined }],
    [{ ...order, purpose: 'a\nb' }],
    [{ ...order, length: 11 }],
    [{ ...order, ttlSeconds: 10 }],
    [{ ...order, template: 'without it' }],
    [{ ...order, pool: 'system', deviceId: 'first' }],
  ])('is not sent for a body that does not fit: %j', async (body) => {
    expect(await code('otp', body)).toBe('VALIDATION_FAILED');
  });

  it('is not sent without a device, and there is none to check', async () => {
    expect(await code('otp', order)).toBe('POOL_EMPTY');
    expect(await code('otp', { ...order, to: 'nobody' })).toBe('RECIPIENT_INVALID');
    expect(await code('otp/verify', { ...order, code: '123456' })).toBe('OTP_EXPIRED');
    expect(await code('otp/verify', { ...order, code: 'abc' })).toBe('VALIDATION_FAILED');
  });

  it('needs a key that may send', async () => {
    const reader = await server.keyFor({ scopes: ['message:read'] });
    expect((await reader.post('otp', order)).code).toBe('FORBIDDEN');
    expect((await reader.post('otp/verify', { ...order, code: '123456' })).code).toBe('FORBIDDEN');
    expect((await server.api.as(null).post('otp', order)).code).toBe('UNAUTHORIZED');
  });
});

describe('an alert', () => {
  const order = { list: 'Nobody', message: 'hot' };

  it.each([
    [{ ...order, message: '' }],
    [{ ...order, message: 'x'.repeat(3_001) }],
    [{ ...order, data: { nested: {} } }],
    [{ ...order, data: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`n${index}`, 1])) }],
    [{ ...order, image: { url: 'https://a.b', base64: 'AAAA' } }],
    [{ ...order, escalate: { list: 'Nobody', afterSeconds: 1 } }],
    [{ ...order, message: 'x'.repeat(900), image: { base64: 'AAAA' } }],
  ])('is not sent for a body that does not fit (%#)', async (body) => {
    expect(await code('alerts', body)).toBe('VALIDATION_FAILED');
  });

  it('is not sent to a list that is not there, or without a device', async () => {
    expect(await code('alerts', { ...order, list: 'Other' })).toBe('RECIPIENT_LIST_NOT_FOUND');
    expect(await code('alerts', { ...order, escalate: { list: 99, afterSeconds: 60 } })).toBe(
      'RECIPIENT_LIST_NOT_FOUND',
    );
    expect(await code('alerts', order)).toBe('POOL_EMPTY');
    await server.createDevice('siren', { tags: ['system'] });
    expect(await server.api.post('alerts', order)).toMatchObject({
      status: 503,
      code: 'POOL_EXHAUSTED',
      details: { tried: [{ deviceId: 'siren', reason: 'no_session' }] },
    });
    expect((await server.api.get<{ total: number }>('alerts')).data).toMatchObject({ items: [], total: 0 });
  });

  it('that nobody sent is found by nobody', async () => {
    const unknown = '01K0000000000000000000000A';
    expect((await server.api.get(`alerts/${unknown}`)).code).toBe('ALERT_NOT_FOUND');
    expect(await code(`alerts/${unknown}/acknowledge`, {})).toBe('ALERT_NOT_FOUND');
    expect((await server.api.get('alerts/something')).code).toBe('VALIDATION_FAILED');
  });

  it('needs a key that may send, or read, and its rules an administrator', async () => {
    const [reader, sender] = await Promise.all([
      server.keyFor({ scopes: ['message:read'] }),
      server.keyFor({ scopes: ['message:send'] }),
    ]);
    expect((await reader.post('alerts', order)).code).toBe('FORBIDDEN');
    expect((await sender.get('alerts')).code).toBe('FORBIDDEN');
    expect((await sender.put('alerts/mqtt', { topics: [] })).code).toBe('FORBIDDEN');
    expect((await reader.get('alerts/mqtt')).data).toEqual({
      configured: false,
      listening: false,
      from: 'configuration',
      topics: [],
    });
  });

  it('by MQTT has its rules stored as they are given', async () => {
    const rule = { filter: 'a/+', list: 1, message: 'hot', requiresAck: true, pool: ['siren'] };
    const stored = { ...rule, escalate: null };
    const answer = await server.api.put('alerts/mqtt', { topics: [rule] });
    expect(answer).toMatchObject({ status: 200, data: { from: 'stored', topics: [stored] } });
    expect((await server.api.get('alerts/mqtt')).data).toEqual(answer.data);
  });
});
