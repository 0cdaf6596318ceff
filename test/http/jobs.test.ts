import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import type { LedgerLine } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

/** Devices that are never connected: what is accepted waits. */
beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_PER_MINUTE: '0' } });
  await server.createDevice('shop');
});
afterAll(() => server.stop());

interface Accepted {
  readonly jobId: string;
  readonly total: number;
  readonly duplicateCount: number;
  readonly duplicates: readonly object[];
  readonly warnings: readonly { readonly code: string }[];
}

const item = { to: '08123456789', message: 'hello' };
const texts = (many: number) =>
  Array.from({ length: many }, (_, index) => ({ to: '08123456789', message: `hello ${index}` }));
const start = (
  body: object,
  { deviceId = 'shop', api = server.api }: { deviceId?: string; api?: Api } = {},
) => api.post<Accepted>(`devices/${deviceId}/jobs/send-text`, body);
const jobCount = async () => (await server.api.get<{ total: number }>('jobs')).data.total;

describe('asking for a job', () => {
  it('answers 202 with what was accepted and what stands in the way', async () => {
    const answer = await start({
      messages: [item, { ...item, to: '+62 812-3456-789' }, { ...item, message: 'x' }],
    });
    expect(answer).toMatchObject({
      status: 202,
      data: {
        total: 2,
        duplicateCount: 1,
        duplicates: [{ index: 1, firstIndex: 0 }],
        warnings: [{ code: 'device_not_connected' }],
      },
    });
  });

  it('sends duplicates too when told so', async () => {
    const answer = await start({ messages: [item, item], allowDuplicates: true });
    expect(answer.data).toMatchObject({ total: 2, duplicateCount: 1 });
  });

  it.each<[string, object]>([
    ['an empty list', { messages: [] }],
    ['no list', {}],
    ['a list that is none', { messages: item }],
    ['10,001 items', { messages: texts(10_001) }],
    ['a delay before the beginning of time', { messages: [item], delay: -1 }],
    ['a delay of a day', { messages: [item], delay: 86_400 }],
    ['a delay in words', { messages: [item], delay: '2' }],
    ['a name too long', { messages: [item], name: 'x'.repeat(101) }],
    ['a word nobody knows', { messages: [item], onAmbiguous: 'guess' }],
  ])('refuses %s', async (_name, body) => {
    const before = await jobCount();
    expect(await start(body)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect(await jobCount()).toBe(before);
  });

  it('names every bad item among good ones, and accepts none of them', async () => {
    const before = await jobCount();
    const messages: object[] = texts(50);
    messages[7] = { to: '+62 1', message: 'x' };
    messages[30] = { to: 'nobody' };
    messages[49] = { to: '08123456789', message: 'x'.repeat(4097) };
    const { status, code, details } = await start({ messages });
    expect([status, code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(details).toMatchObject({
      invalidCount: 3,
      omitted: 0,
      items: [
        { index: 7, field: 'to', code: 'RECIPIENT_INVALID' },
        { index: 30, field: 'to', code: 'RECIPIENT_INVALID' },
        { index: 30, field: 'message', code: 'VALIDATION_FAILED' },
        { index: 49, field: 'message', code: 'VALIDATION_FAILED' },
      ],
    });
    expect(await jobCount()).toBe(before);
  });

  it('counts all bad items when it cannot list them all', async () => {
    const messages = texts(3_000).map((each) => ({ ...each, to: 'nobody' }));
    const { details } = await start({ messages });
    expect(details).toMatchObject({ invalidCount: 3_000, omitted: 2_000 });
    expect(details.items).toHaveLength(1_000);
  });

  it('takes a body that other routes refuse, up to 32 MB', async () => {
    const long = 'x'.repeat(4_000);
    const messages = texts(2_000).map((each) => ({ ...each, message: `${each.message} ${long}` }));
    expect((await start({ messages })).data.total).toBe(2_000);
    const path = 'devices/shop/send-message';
    expect(await server.api.post(path, { messages })).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
    const huge = { messages: texts(9_000).map((each) => ({ ...each, message: long })) };
    expect(await start(huge)).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('knows groups by their JID', async () => {
    const path = 'devices/shop/jobs/send-group-message';
    const items = [
      { groupId: '120363041234567890@g.us', message: 'hi' },
      { groupId: '120363041234567891', message: 'hi' },
    ];
    const { data } = await server.api.post<Accepted>(path, { items });
    const ledger = await server.api.get<{ items: LedgerLine[] }>(`jobs/${data.jobId}/items`);
    expect(ledger.data.items.map(({ to }) => to)).toEqual([
      '120363041234567890@g.us',
      '120363041234567891@g.us',
    ]);
    const refused = await server.api.post(path, { items: [{ groupId: '08123456789@c.us', message: 'hi' }] });
    expect(refused.details).toMatchObject({ items: [{ field: 'groupId', code: 'RECIPIENT_INVALID' }] });
  });

  it.each(['devices/shop/jobs/send-media', 'devices/shop/groups/120363041234567890@g.us/jobs/send-media'])(
    'judges files before it accepts any: %s',
    async (path) => {
      const base64 = Buffer.from('%PDF-1.7 and so on').toString('base64');
      const good = { to: '08123456789', mediaType: 'document', base64 };
      const bad = { to: '08123456789', mediaType: 'image', url: 'https://10.0.0.1/a.png' };
      expect(await server.api.post(path, { items: [good, bad, bad] })).toMatchObject({
        status: 400,
        details: { invalidCount: 2, items: [{ index: 1, code: 'URL_NOT_ALLOWED' }, { index: 2 }] },
      });
      expect(await server.api.post(path, { items: [good] })).toMatchObject({
        status: 202,
        data: { total: 1 },
      });
      expect(await server.api.post(path.replace('shop', 'nobody'), { items: [good] })).toMatchObject({
        status: 404,
        code: 'DEVICE_NOT_FOUND',
      });
    },
  );
  it('needs a device that exists', async () => {
    const answer = await start({ messages: [item] }, { deviceId: 'nobody' });
    expect(answer).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
  });
});

describe('an Idempotency-Key', () => {
  const ask = (body: object, key: string) =>
    server.api.call<Accepted>({
      method: 'POST',
      path: 'devices/shop/jobs/send-text',
      body,
      headers: { 'idempotency-key': key },
    });

  it('makes one job of many requests', async () => {
    const before = await jobCount();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ messages: [item] }, 'once')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await jobCount()).toBe(before + 1);
  });

  it('belongs to one body', async () => {
    await ask({ messages: [item] }, 'one body');
    const other = await ask({ messages: [item], delay: 1 }, 'one body');
    expect(other).toMatchObject({ status: 422, code: 'IDEMPOTENCY_MISMATCH' });
  });

  it('is free again when the request was refused', async () => {
    expect((await ask({ messages: [{ to: 'nobody', message: 'x' }] }, 'corrected')).status).toBe(400);
    expect((await ask({ messages: [item] }, 'corrected')).status).toBe(202);
  });

  it.each(['', 'x'.repeat(256), 'caf\u00e9'])('must be 1 to 255 printable characters: %j', async (key) => {
    expect(await ask({ messages: [item] }, key)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });
});

describe('checking a list before it is a job', () => {
  it('tells what is wrong, what is there twice and what stands in the way, and accepts nothing', async () => {
    const before = await jobCount();
    const items = [item, { ...item, to: '+62 812-3456-789' }, { to: 'nobody', message: 'x' }, { to: '1' }];
    const answer = await server.api.post('devices/shop/jobs/check', { kind: 'text', items });
    expect(answer).toMatchObject({
      status: 200,
      data: {
        total: 1,
        invalidCount: 2,
        problems: [
          { index: 2, field: 'to', code: 'RECIPIENT_INVALID' },
          { index: 3, field: 'to', code: 'VALIDATION_FAILED' },
          { index: 3, field: 'message', code: 'VALIDATION_FAILED' },
        ],
        duplicateCount: 1,
        duplicates: [{ index: 1, firstIndex: 0 }],
        warnings: [{ code: 'device_not_connected' }],
      },
    });
    expect(await jobCount()).toBe(before);
  });

  it('reads groups as a job for groups would', async () => {
    const items = [{ groupId: '120363041234567890@g.us', message: 'hi' }, item];
    const { data } = await server.api.post('devices/shop/jobs/check', { kind: 'group_text', items });
    expect(data).toMatchObject({ total: 1, invalidCount: 1, problems: [{ index: 1, field: 'groupId' }] });
  });
});
