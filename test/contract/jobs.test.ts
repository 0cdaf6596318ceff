import { expect, it } from 'vitest';
import type { NewJob } from '../../src/jobs/job.ts';
import { createJobControl } from '../../src/jobs/job-control.ts';
import type { JobEvent } from '../../src/jobs/job-events.ts';
import { createJobLedgerRepository } from '../../src/jobs/job-ledger-repository.ts';
import type { JobOutbox } from '../../src/jobs/job-ports.ts';
import { createJobReader } from '../../src/jobs/job-reader.ts';
import { createJobRepository } from '../../src/jobs/job-repository.ts';
import { startJobWatch } from '../../src/jobs/job-watch.ts';
import type { OutboxEvent } from '../../src/outbox/outbox-events.ts';
import { createOutboxJobRepository } from '../../src/outbox/outbox-job-repository.ts';
import type { NewOutboxMessage, OutboundStatus } from '../../src/outbox/outbox-message.ts';
import { createOutboxRepository } from '../../src/outbox/outbox-repository.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import type { DeviceId, WaMessageId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

const shop = 'shop' as DeviceId;
const id = (number: number) => String(number).padStart(26, '0');
const newJob = (number: number, fields: Partial<NewJob> = {}): NewJob => ({
  id: id(number),
  deviceId: shop,
  kind: 'text',
  name: null,
  total: 3,
  delayMs: null,
  onAmbiguous: 'resend',
  ...fields,
});

describeOnEachDatabase('jobs', (open) => {
  async function startJobs() {
    const database = await open();
    const clock = createManualClock();
    const jobs = createJobRepository({ database, clock });
    const ledger = createJobLedgerRepository({ database });
    const rows = createOutboxRepository({ database, clock });
    const items = createOutboxJobRepository({ database, clock });
    const rung: string[] = [];
    const outbox: JobOutbox = {
      accept: rows.add,
      countByJob: items.countByJob,
      cancelByJob: (jobId, options) => items.cancelByJob(jobId, options?.beside),
      retryByJob: (jobId, options) => items.retryByJob(jobId, options?.beside),
      ring: (deviceId) => void rung.push(deviceId),
    };
    const never = () => {
      throw new Error('a listener failed');
    };
    const published = createEventBus<JobEvent>(never);
    const told: string[] = [];
    published.subscribe(({ job }) => void told.push(`${job.status} ${job.currentIndex}/${job.total}`));
    const outboxEvents = createEventBus<OutboxEvent>(never);
    const reader = createJobReader({ jobs, ledger, outbox, clock });
    const watch = startJobWatch({
      jobs,
      outbox,
      reader,
      outboxEvents,
      published,
      clock,
      log: silentLogger,
    });
    const control = createJobControl({ jobs, outbox, settle: watch.settle });

    const add = async (job: NewJob, indexes = [0, 1, 2]) => {
      const messages = indexes.map(
        (itemIndex): NewOutboxMessage => ({
          id: id(Number(job.id) * 100 + itemIndex),
          deviceId: job.deviceId,
          waMessageId: `3EB0${job.id}${itemIndex}` as WaMessageId,
          to: '628123456789@s.whatsapp.net' as Jid,
          kind: 'text',
          text: `item ${itemIndex}`,
          content: null,
          source: 'job',
          jobId: job.id,
          itemIndex,
          dueAt: clock.now(),
          delayMs: job.delayMs,
          onAmbiguous: job.onAmbiguous,
          expiresAt: null,
        }),
      );
      await outbox.accept(messages, { beside: [jobs.insertion(job)] });
      return job.id;
    };
    /** As the runner and the recorder would leave an item. */
    const set = (jobId: string, itemIndex: number, status: OutboundStatus) =>
      database.run({
        text: 'update outbound_message set status = ?, acked_at = ? where job_id = ? and item_index = ?',
        params: [status, status === 'server_ack' ? clock.now() : null, jobId, itemIndex],
      });
    const get = async (jobId: string) => {
      const job = await jobs.find(jobId);
      if (!job) throw new Error(`no job ${jobId}`);
      return job;
    };
    return { database, clock, jobs, ledger, reader, watch, control, outboxEvents, told, rung, add, set, get };
  }

  it('gives a job back as it was asked for', async () => {
    const { jobs, add, clock } = await startJobs();
    const fields = { delayMs: 1_500, onAmbiguous: 'hold', kind: 'group_text' } as const;
    const asked = newJob(1, { ...fields, name: 'Zo\u00eb \ud83d\ude00' });
    await add(asked);
    expect(await jobs.find(asked.id)).toEqual({
      ...asked,
      status: 'queued',
      createdAt: clock.now(),
      startedAt: null,
      finishedAt: null,
    });
    expect(await jobs.find(id(2))).toBeNull();
  });

  it('stores neither the job nor its items when one of them cannot be stored', async () => {
    const { jobs, add, reader } = await startJobs();
    await add(newJob(1));
    await expect(add(newJob(2), [0, 1, 0])).rejects.toThrow();
    expect(await jobs.find(id(2))).toBeNull();
    expect((await reader.list({ deviceIds: null }, { page: 1, pageSize: 10 })).total).toBe(1);
  });

  it('lists by device and status, newest first', async () => {
    const { jobs, add } = await startJobs();
    for (const number of [1, 2, 3]) await add(newJob(number));
    await add(newJob(4, { deviceId: 'office' as DeviceId }));
    await jobs.move(id(2), { to: 'paused', from: ['queued'] });
    const ids = async (
      filter: Parameters<typeof jobs.list>[0],
      page: { after?: string; order?: 'asc' } = {},
    ) => (await jobs.list(filter, { limit: 10, offset: 0, ...page })).map((job) => Number(job.id));
    expect(await ids({ deviceIds: null })).toEqual([4, 3, 2, 1]);
    expect(await ids({ deviceIds: ['shop'] })).toEqual([3, 2, 1]);
    const queued = { deviceIds: ['shop', 'office'], status: 'queued' } as const;
    expect(await ids(queued, { after: id(4) })).toEqual([3, 1]);
    expect(await ids(queued, { after: id(1), order: 'asc' })).toEqual([3, 4]);
    expect(await ids({ deviceIds: [] })).toEqual([]);
    expect(await jobs.count({ deviceIds: ['shop'], status: 'paused' })).toBe(1);
    expect((await jobs.activeOf(shop)).map((job) => Number(job.id)).sort()).toEqual([1, 2, 3]);
  });

  it('moves a status only from where it may come', async () => {
    const { jobs, add, get, clock } = await startJobs();
    const jobId = await add(newJob(1));
    expect(await jobs.move(jobId, { to: 'processing', from: ['queued'] })).toBe(true);
    expect(await jobs.move(jobId, { to: 'processing', from: ['queued'] })).toBe(false);
    const startedAt = clock.now();
    clock.advance(1_000);
    await jobs.move(jobId, { to: 'paused', from: ['processing'] });
    await jobs.move(jobId, { to: 'processing', from: ['paused'] });
    expect(await get(jobId)).toMatchObject({ status: 'processing', startedAt, finishedAt: null });
  });

  it('neither begins nor ends before it was accepted, whatever the clock of who runs it says', async () => {
    const { database, add, set, get, clock } = await startJobs();
    const createdAt = clock.now();
    const anHourAgo = createManualClock(new Date(createdAt.getTime() - 3_600_000));
    const behind = createJobRepository({ database, clock: anHourAgo });
    const jobId = await add(newJob(1));
    await behind.move(jobId, { to: 'processing', from: ['queued'] });
    expect(await get(jobId)).toMatchObject({ startedAt: createdAt, finishedAt: null });
    for (const index of [0, 1, 2]) await set(jobId, index, 'server_ack');
    await behind.finish(jobId, 'completed');
    expect(await get(jobId)).toMatchObject({ startedAt: createdAt, finishedAt: createdAt });
  });

  it('ends a job only when none of its items waits or is being sent', async () => {
    const { jobs, add, set, get, clock } = await startJobs();
    const jobId = await add(newJob(1));
    for (const [index, status] of (['server_ack', 'failed', 'sending'] as const).entries()) {
      await set(jobId, index, status);
    }
    expect(await jobs.finish(jobId, 'completed')).toBe(false);
    await set(jobId, 2, 'delivered');
    expect(await jobs.finish(jobId, 'completed')).toBe(true);
    expect(await get(jobId)).toMatchObject({ status: 'completed', finishedAt: clock.now() });
    expect(await jobs.finish(jobId, 'failed')).toBe(false);
  });

  it('finds what nobody settled, and settles it', async () => {
    const { jobs, add, set, get, watch } = await startJobs();
    const [waits, begun, ended, cancelled] = [1, 2, 3, 4].map((number) => newJob(number));
    for (const job of [waits, begun, ended, cancelled]) if (job) await add(job);
    await set(id(2), 0, 'sending');
    for (const index of [0, 1, 2]) await set(id(3), index, 'failed');
    await jobs.move(id(4), { to: 'cancelled', from: ['queued'] });
    expect(await watch.unsettled()).toEqual([id(2), id(3), id(4)]);
    for (const jobId of await watch.unsettled()) await watch.settle(jobId);
    expect(await watch.unsettled()).toEqual([]);
    expect([(await get(id(2))).status, (await get(id(3))).status]).toEqual(['processing', 'failed']);
    await watch.settle('nobody knows it');
  });

  it('follows its items, at most once a second', async () => {
    const { add, set, outboxEvents, clock, told, watch } = await startJobs();
    const jobId = await add(newJob(1));
    const happened = (waMessageId: string) =>
      outboxEvents.publish({
        type: 'status-changed',
        deviceId: shop,
        waMessageId: waMessageId as WaMessageId,
        status: 'server_ack',
        error: null,
        refusal: null,
        jobId,
        dueAt: null,
      });
    const pass = async (ms: number) => {
      clock.advance(ms);
      await watch.settled();
    };
    await set(jobId, 0, 'server_ack');
    happened('one');
    happened('one again');
    expect(told).toEqual([]);
    await pass(1_000);
    expect(told).toEqual(['processing 1/3']);
    await pass(10_000);
    expect(told).toEqual(['processing 1/3']);
    await set(jobId, 1, 'server_ack');
    await set(jobId, 2, 'server_ack');
    happened('two');
    await pass(1_000);
    expect(told).toEqual(['processing 1/3', 'completed 3/3']);
    await watch.stop();
    happened('late');
    await pass(1_000);
    expect(told).toHaveLength(2);
  });

  it('queues what failed again, and only that', async () => {
    const { add, set, get, control, ledger, rung, watch } = await startJobs();
    const jobId = await add(newJob(1));
    for (const [index, status] of (['server_ack', 'failed', 'expired'] as const).entries()) {
      await set(jobId, index, status);
    }
    await watch.settle(jobId);
    expect((await get(jobId)).status).toBe('completed');
    const { retried, job } = await control.retry(await get(jobId));
    expect([retried, job.status, job.finishedAt, rung]).toEqual([1, 'processing', null, ['shop']]);
    const lines = await ledger.list(jobId, { limit: 10 });
    expect(lines.map(({ status }) => status)).toEqual(['server_ack', 'queued', 'expired']);
    expect(await control.retry(await get(jobId))).toMatchObject({ retried: 0 });
  });

  it('decides between two who steer at once', async () => {
    const { add, get, control } = await startJobs();
    const jobId = await add(newJob(1));
    const before = await get(jobId);
    const orders = [
      control.cancel(before),
      control.pause(before),
      control.cancel(before),
      control.resume(before),
    ];
    const outcomes = await Promise.allSettled(orders);
    expect(outcomes[0]?.status).toBe('fulfilled');
    expect(outcomes[2]?.status).toBe('fulfilled');
    expect((await get(jobId)).status).toBe('cancelled');
    await expect(control.pause(before)).rejects.toMatchObject({ code: 'JOB_FINISHED' });
  });

  it('reads the ledger in order, with holes where duplicates were', async () => {
    const { add, set, ledger, reader, get } = await startJobs();
    const jobId = await add(newJob(1), [0, 2, 5]);
    await set(jobId, 2, 'failed');
    const indexes = async (page: Parameters<typeof ledger.list>[1]) =>
      (await ledger.list(jobId, page)).map(({ index }) => index);
    expect(await indexes({ limit: 10 })).toEqual([0, 2, 5]);
    expect(await indexes({ limit: 1, offset: 1 })).toEqual([2]);
    expect(await indexes({ limit: 10, after: 2 })).toEqual([5]);
    expect(await indexes({ limit: 10, status: 'failed' })).toEqual([2]);
    let csv = '';
    for await (const piece of reader.csv(await get(jobId))) csv += piece;
    expect(csv.split('\r\n').map((line) => line.split(',')[0])).toEqual(['index', '0', '2', '5', '']);
  });

  it('tells when the last items were taken by the server', async () => {
    const { add, set, ledger, clock } = await startJobs();
    const jobId = await add(
      newJob(1),
      Array.from({ length: 60 }, (_, index) => index),
    );
    const times: Date[] = [];
    for (let index = 0; index < 40; index += 1) {
      clock.advance(1_000);
      await set(jobId, index, 'server_ack');
      times.push(clock.now());
    }
    expect(await ledger.recentAcks(jobId, 40)).toEqual(times.slice(20));
    expect(await ledger.recentAcks(jobId, 2)).toHaveLength(20);
    expect(await ledger.recentAcks(id(9), 2)).toEqual([]);
  });
});
