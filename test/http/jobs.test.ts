import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import type { JobAnswer, LedgerLine } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

/** Devices that are never connected: what is accepted waits. */
beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_PER_MINUTE: '0' } });
  for (const deviceId of ['shop', 'office', 'gone']) await server.createDevice(deviceId);
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
        { index: 7, field: 'to', code: 'PHONE_NUMBER_INVALID' },
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
    'says that media cannot be sent yet: %s',
    async (path) => {
      const items = [{ to: '08123456789', mediaType: 'image', url: 'https://example.com/a.png' }];
      expect(await server.api.post(path, { items })).toMatchObject({
        status: 501,
        code: 'MEDIA_NOT_AVAILABLE',
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

describe('reading jobs', () => {
  it('filters and pages, newest first', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      ids.unshift((await start({ messages: texts(1) }, { deviceId: 'office' })).data.jobId);
    }
    const page = async (query: string) =>
      (
        await server.api.get<{ items: JobAnswer[]; total: number; nextCursor: string | null }>(
          `jobs?${query}`,
        )
      ).data;
    const first = await page('deviceId=office&pageSize=2');
    expect([first.items.map(({ jobId }) => jobId), first.total]).toEqual([ids.slice(0, 2), 5]);
    const second = await page(`deviceId=office&pageSize=2&cursor=${first.nextCursor}`);
    expect(second.items.map(({ jobId }) => jobId)).toEqual(ids.slice(2, 4));
    const last = await page('deviceId=office&pageSize=2&page=3');
    expect([last.items.map(({ jobId }) => jobId), last.nextCursor]).toEqual([ids.slice(4), null]);
    await server.api.post(`jobs/${ids[0]}/pause`);
    expect((await page('deviceId=office&status=paused')).items.map(({ jobId }) => jobId)).toEqual([ids[0]]);
    expect((await page('deviceId=office&status=completed')).total).toBe(0);
  });

  it('gives the ledger in pages, by status, and as CSV', async () => {
    const { jobId } = (await start({ messages: texts(7) })).data;
    const page = async (query: string) =>
      (
        await server.api.get<{ items: LedgerLine[]; total: number; nextCursor: string | null }>(
          `jobs/${jobId}/items?${query}`,
        )
      ).data;
    const first = await page('pageSize=3');
    expect([first.items.map(({ index }) => index), first.total]).toEqual([[0, 1, 2], 7]);
    expect((await page(`pageSize=3&cursor=${first.nextCursor}`)).items.map(({ index }) => index)).toEqual([
      3, 4, 5,
    ]);
    expect(await page('pageSize=3&page=3')).toMatchObject({ items: [{ index: 6 }], nextCursor: null });
    expect((await page('status=failed')).total).toBe(0);
    expect((await page('status=queued')).total).toBe(7);
    const csv = await server.api.get(`jobs/${jobId}/items?format=csv`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toContain(`job-${jobId}.csv`);
    expect(csv.text.split('\r\n')).toHaveLength(9);
    expect(csv.text).toContain('\r\n6,628123456789@s.whatsapp.net,3EB0');
  });

  it.each(['jobs?pageSize=201', 'jobs?page=0', 'jobs?status=happy', 'jobs?cursor=x'])(
    'refuses %s',
    async (path) => {
      expect(await server.api.get(path)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    },
  );

  it('does not know jobs nobody made', async () => {
    const paths = ['', '/items', '/items?format=csv'];
    for (const id of ['nothing', '01M7W58TSX28HTEGHVRBVGWVMN']) {
      for (const path of paths) {
        expect(await server.api.get(`jobs/${id}${path}`)).toMatchObject({
          status: 404,
          code: 'JOB_NOT_FOUND',
        });
      }
      for (const order of ['cancel', 'pause', 'resume', 'retry']) {
        expect(await server.api.post(`jobs/${id}/${order}`)).toMatchObject({
          status: 404,
          code: 'JOB_NOT_FOUND',
        });
      }
    }
  });
});

describe('steering a job', () => {
  const order = (jobId: string, word: string) => server.api.post<JobAnswer>(`jobs/${jobId}/${word}`);

  it('that has not begun', async () => {
    const { jobId } = (await start({ messages: texts(3) })).data;
    expect((await order(jobId, 'resume')).data.status).toBe('queued');
    expect((await order(jobId, 'pause')).data.status).toBe('paused');
    expect((await order(jobId, 'pause')).data.status).toBe('paused');
    expect((await order(jobId, 'resume')).data).toMatchObject({ status: 'queued', startedAt: null });
    expect((await order(jobId, 'retry')).data).toMatchObject({ retried: 0, job: { status: 'queued' } });
    const cancelled = await order(jobId, 'cancel');
    expect(cancelled.data).toMatchObject({ status: 'cancelled', counts: { cancelled: 3, queued: 0 } });
    expect(cancelled.data.finishedAt).not.toBeNull();
    expect((await order(jobId, 'cancel')).data.status).toBe('cancelled');
    for (const word of ['pause', 'resume', 'retry']) {
      expect(await order(jobId, word)).toMatchObject({
        status: 409,
        code: 'JOB_FINISHED',
        details: { status: 'cancelled' },
      });
    }
  });

  it('is over when its device is removed', async () => {
    const { jobId } = (await start({ messages: texts(3) }, { deviceId: 'gone' })).data;
    const told = server.waitForEvent(
      ({ type, status, ...event }) => type === 'job' && event.jobId === jobId && status === 'cancelled',
    );
    await server.api.delete('devices/gone');
    expect((await told).counts).toMatchObject({ queued: 0, cancelled: 3 });
  });
});

describe('keys', () => {
  it('need the scope', async () => {
    const reader = await server.keyFor({ scopes: ['message:read'] });
    const sender = await server.keyFor({ scopes: ['message:send'] });
    expect(await start({ messages: [item] }, { api: reader })).toMatchObject({ status: 403 });
    const { jobId } = (await start({ messages: [item] }, { api: sender })).data;
    expect(await sender.get('jobs')).toMatchObject({ status: 403 });
    expect((await reader.get(`jobs/${jobId}`)).status).toBe(200);
    expect(await reader.post(`jobs/${jobId}/cancel`)).toMatchObject({ status: 403 });
  });

  it('restricted to devices see only their jobs', async () => {
    const rights = { scopes: ['message:read', 'message:send'], deviceIds: ['office'] };
    const office = await server.keyFor(rights);
    const { jobId } = (await start({ messages: [item] })).data;
    const { data } = await office.get<{ items: JobAnswer[]; total: number }>('jobs?pageSize=200');
    expect(new Set(data.items.map(({ deviceId }) => deviceId))).toEqual(new Set(['office']));
    expect(data.total).toBe(data.items.length);
    expect(await office.get('jobs?deviceId=shop')).toMatchObject({ status: 404, code: 'DEVICE_NOT_FOUND' });
    expect(await office.get(`jobs/${jobId}`)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
    expect(await office.get(`jobs/${jobId}/items`)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
    expect(await office.post(`jobs/${jobId}/cancel`)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
    expect(await start({ messages: [item] }, { api: office })).toMatchObject({ status: 404 });
  });
});
