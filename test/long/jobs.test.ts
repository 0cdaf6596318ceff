import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobSteps } from '../support/jobs.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const CITRA = '6281200000003';
const ITEMS = 10_000;

let simulator: TestSimulator;
let server: TestServer;

beforeAll(async () => {
  simulator = await startTestSimulator();
  server = await startServer({ simulator });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  simulator.phone(CITRA, 'Citra');
});
afterAll(async () => {
  await server.stop();
  await simulator.close();
});

describe('a job of ten thousand items', () => {
  it('shows its progress, pauses, goes on, is cancelled half way, and its CSV says what WhatsApp received', async () => {
    const jobs = jobSteps({ server, simulator });
    /** Goes before items of jobs: when it is acknowledged, nothing of before is under way. */
    const sendSingle = () =>
      server.api.post('devices/ana/send-message', { to: CITRA, message: 'in between' });
    const jobId = await jobs.start('ana', { to: CITRA, name: 'ten thousand', items: ITEMS });
    await jobs.until(jobId, ({ currentIndex }) => currentIndex > ITEMS / 5);
    expect((await jobs.order(jobId, 'pause')).data.status).toBe('paused');
    await sendSingle();
    const paused = await jobs.get(jobId);
    await sendSingle();
    expect((await jobs.get(jobId)).currentIndex).toBe(paused.currentIndex);
    const from = server.events.length;
    expect((await jobs.order(jobId, 'resume')).data.status).toBe('processing');
    const half = await jobs.until(jobId, ({ currentIndex }) => currentIndex > ITEMS / 2, from);
    expect(Date.parse(half.eta ?? '')).toBeGreaterThan(Date.parse(half.startedAt ?? ''));
    expect((await jobs.order(jobId, 'cancel')).data).toMatchObject({ status: 'cancelled', eta: null });
    await sendSingle();

    const csv = await jobs.csv(jobId);
    expect(csv).toHaveLength(ITEMS);
    const sent = csv.filter(([, , , status]) => status !== 'cancelled').map(([, , messageId]) => messageId);
    expect(sent.length).toBeGreaterThan(ITEMS / 2);
    expect(sent.length).toBeLessThan(ITEMS);
    const ids = new Set(csv.map(([, , messageId]) => messageId));
    expect(jobs.sentBy(ANA).filter((id) => ids.has(id))).toEqual(sent);
    const progress = server.events.flatMap((each) =>
      each.type === 'job' && each.jobId === jobId ? [Number(each.currentIndex)] : [],
    );
    expect(progress.length).toBeGreaterThan(3);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
  });
});
