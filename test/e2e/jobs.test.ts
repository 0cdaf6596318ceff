import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobSteps } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

let simulator: TestSimulator;
let server: TestServer;
let jobs: ReturnType<typeof jobSteps>;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  jobs = jobSteps({ server, simulator });
  for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
    await server.createDevice(deviceId);
    await server.pairByQr(deviceId, simulator.phone(number, deviceId));
  }
  simulator.phone(CITRA, 'Citra');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

/** A single message goes before items of jobs, so when it is acknowledged nothing of before is under way. */
const sendSingle = () => server.api.post('devices/ana/send-message', { to: CITRA, message: 'in between' });

describe('a job', () => {
  it('shows its progress live, and its ledger agrees with what WhatsApp received', async () => {
    const jobId = await jobs.start('ana', { to: CITRA, name: 'first', items: 100, delay: 0.02 });
    const middle = await jobs.until(jobId, ({ status }) => status === 'processing');
    expect(middle.currentIndex).toBeGreaterThan(0);
    expect(middle.startedAt).not.toBeNull();
    const { eta } = await jobs.get(jobId);
    expect(eta === null || Date.parse(eta) > Date.parse(middle.startedAt ?? '')).toBe(true);
    const end = await jobs.until(jobId, ({ status }) => status === 'completed');
    expect(end).toMatchObject({ total: 100, currentIndex: 100, successCount: 100, errorCount: 0, eta: null });

    const ledger = await jobs.ledger(jobId);
    expect(ledger.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(jobs.sentBy(ANA)).toEqual(ledger.map(({ messageId }) => messageId));
    expect(ledger.every(({ attempts, error }) => attempts === 1 && error === null)).toBe(true);
    const csv = await jobs.csv(jobId);
    expect(csv.map(([, , messageId]) => messageId)).toEqual(ledger.map(({ messageId }) => messageId));
    const steps = server.events.flatMap((each) =>
      each.type === 'job' && each.jobId === jobId ? [Number(each.currentIndex)] : [],
    );
    expect(steps).toEqual([...steps].sort((one, other) => one - other));
    for (const order of ['cancel', 'pause', 'resume'] as const) {
      expect(await jobs.order(jobId, order)).toMatchObject({ status: 409, code: 'JOB_FINISHED' });
    }
  });

  it('pauses before the next send and goes on where it was', async () => {
    const jobId = await jobs.start('ana', { to: CITRA, name: 'paused', items: 100, delay: 0.02 });
    await jobs.until(jobId, ({ currentIndex }) => currentIndex > 0);
    expect((await jobs.order(jobId, 'pause')).data.status).toBe('paused');
    await sendSingle();
    const paused = await jobs.get(jobId);
    expect(paused.currentIndex).toBeGreaterThan(0);
    expect(paused.currentIndex).toBeLessThan(100);
    await sendSingle();
    expect((await jobs.get(jobId)).counts).toMatchObject({ queued: 100 - paused.currentIndex });
    expect((await jobs.order(jobId, 'pause')).status).toBe(200);

    expect((await jobs.order(jobId, 'resume')).data.status).toBe('processing');
    expect((await jobs.order(jobId, 'resume')).status).toBe(200);
    await jobs.until(jobId, ({ status }) => status === 'completed');
    const ids = (await jobs.ledger(jobId)).map(({ messageId }) => messageId);
    expect(jobs.sentBy(ANA).filter((id) => ids.includes(id))).toEqual(ids);
  });

  it('of ten thousand items pauses, goes on and is cancelled; its CSV ledger says what WhatsApp received', async () => {
    const jobId = await jobs.start('ana', { to: CITRA, name: 'ten thousand', items: 10_000 });
    const first = await jobs.until(jobId, ({ currentIndex }) => currentIndex > 0);
    expect(first).toMatchObject({ status: 'processing', total: 10_000 });
    expect((await jobs.order(jobId, 'pause')).data.status).toBe('paused');
    await sendSingle();
    const { currentIndex } = await jobs.get(jobId);
    const from = server.events.length;
    expect((await jobs.order(jobId, 'resume')).data.status).toBe('processing');
    await jobs.until(jobId, (job) => job.currentIndex > currentIndex + 100, from);
    expect((await jobs.order(jobId, 'cancel')).data).toMatchObject({ status: 'cancelled', eta: null });
    await sendSingle();
    const csv = await jobs.csv(jobId);
    const sent = csv.filter(([, , , status]) => status !== 'cancelled').map(([, , messageId]) => messageId);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.length).toBeLessThan(10_000);
    expect(csv).toHaveLength(10_000);
    const ids = csv.map(([, , messageId]) => messageId);
    expect(jobs.sentBy(ANA).filter((id) => ids.includes(id))).toEqual(sent);
    expect((await jobs.order(jobId, 'cancel')).status).toBe(200);
    expect(await jobs.order(jobId, 'resume')).toMatchObject({ status: 409, code: 'JOB_FINISHED' });
  });

  it('sends again what WhatsApp refused, under the same ids', async () => {
    simulator.faults.add({ kind: 'nack', code: '400', times: 3, target: { phoneNumber: ANA } });
    const jobId = await jobs.start('ana', { to: CITRA, name: 'retried', items: 5 });
    const first = await jobs.until(jobId, ({ status }) => status === 'completed');
    expect(first).toMatchObject({ successCount: 2, errorCount: 3 });
    const before = await jobs.ledger(jobId);
    expect(before.map(({ status }) => status === 'failed')).toEqual([true, true, true, false, false]);
    expect(before[0]?.error?.code).toBe('WA_400');

    const from = server.events.length;
    const { data } = await jobs.order(jobId, 'retry');
    expect(data).toMatchObject({ retried: 3, job: { status: 'processing', finishedAt: null } });
    await jobs.until(jobId, ({ status }) => status === 'completed', from);
    const after = await jobs.ledger(jobId);
    expect(after.map(({ messageId }) => messageId)).toEqual(before.map(({ messageId }) => messageId));
    expect(await jobs.get(jobId)).toMatchObject({ successCount: 5, errorCount: 0 });
    expect((await jobs.order(jobId, 'retry')).data).toMatchObject({
      retried: 0,
      job: { status: 'completed' },
    });
  });

  it('of which every item fails has failed', async () => {
    const fault = simulator.faults.add({ kind: 'nack', code: '400', target: { phoneNumber: ANA } });
    const jobId = await jobs.start('ana', { to: CITRA, name: 'failed', items: 3 });
    const end = await jobs.until(jobId, ({ status }) => status === 'failed');
    expect(end).toMatchObject({ successCount: 0, errorCount: 3, currentIndex: 3 });
    simulator.faults.remove(fault);
  });
});

describe('several jobs', () => {
  it('of one device run first in, first out', async () => {
    const one = await jobs.start('ana', { to: CITRA, name: 'one', items: 30 });
    const other = await jobs.start('ana', { to: BUDI, name: 'other', items: 30 });
    await jobs.until(other, ({ status }) => status === 'completed');
    const ids = [...(await jobs.ledger(one)), ...(await jobs.ledger(other))].map(
      ({ messageId }) => messageId,
    );
    expect(jobs.sentBy(ANA).filter((id) => ids.includes(id))).toEqual(ids);
  });

  it('of two devices run side by side', async () => {
    const ofAna = await jobs.start('ana', { to: CITRA, name: 'by ana', items: 10, delay: 0.1 });
    const ofBudi = await jobs.start('budi', { to: CITRA, name: 'by budi', items: 10, delay: 0.1 });
    await Promise.all(
      [ofAna, ofBudi].map((jobId) => jobs.until(jobId, ({ status }) => status === 'completed')),
    );
    const ids = new Set((await jobs.ledger(ofAna)).map(({ messageId }) => messageId));
    const both = new Set([...ids, ...(await jobs.ledger(ofBudi)).map(({ messageId }) => messageId)]);
    const order = simulator.history
      .records((each) => each.kind === 'message')
      .flatMap((each) => ('id' in each && both.has(each.id) ? [ids.has(each.id) ? 'ana' : 'budi'] : []));
    expect(order.lastIndexOf('ana')).toBeGreaterThan(order.indexOf('budi'));
    expect(order.lastIndexOf('budi')).toBeGreaterThan(order.indexOf('ana'));
  });
});
