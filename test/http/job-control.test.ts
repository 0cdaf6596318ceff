import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../support/api.ts';
import type { JobAnswer, LedgerLine } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;

/** Devices that are never connected: jobs wait. */
beforeAll(async () => {
  server = await startServer({ environment: { RATE_LIMIT_PER_MINUTE: '0' } });
  for (const deviceId of ['shop', 'office', 'gone']) await server.createDevice(deviceId);
});
afterAll(() => server.stop());

const item = { to: '08123456789', message: 'hello' };
const texts = (many: number) =>
  Array.from({ length: many }, (_, index) => ({ to: '08123456789', message: `hello ${index}` }));
const start = (
  body: object,
  { deviceId = 'shop', api = server.api }: { deviceId?: string; api?: Api } = {},
) => api.post<{ jobId: string }>(`devices/${deviceId}/jobs/send-text`, body);

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

it('a job goes with its device when everything of it goes', async () => {
  await server.createDevice('erased');
  const { jobId } = (await start({ messages: texts(3) }, { deviceId: 'erased' })).data;
  await server.api.delete('devices/erased?purge=true');
  expect(await server.api.get(`jobs/${jobId}`)).toMatchObject({ status: 404, code: 'JOB_NOT_FOUND' });
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
