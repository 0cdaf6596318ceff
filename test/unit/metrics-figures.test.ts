import { expect, it } from 'vitest';
import { readFigures } from '../../src/metrics/figures.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';

it('figures are what a scrape would show, summed by status', async () => {
  const metrics = createMetrics();
  const { outboxMessages, outboxLag, jobs, scheduleLag, webhooks, webhookLag } = metrics.instruments;
  metrics.beforeReading(async () => {
    outboxMessages.set({ status: 'queued', source: 'single', device_status: 'connected' }, 2);
    outboxMessages.set({ status: 'queued', source: 'job', device_status: 'stopped' }, 40);
    outboxMessages.set({ status: 'held', source: 'single', device_status: 'stopped' }, 1);
    outboxLag.set({ source: 'single', device_status: 'connected' }, 0.25);
    outboxLag.set({ source: 'single', device_status: 'stopped' }, 90);
    outboxLag.set({ source: 'job', device_status: 'connected' }, 700);
    jobs.set({ status: 'processing' }, 3);
    webhooks.set({ status: 'failing' }, 1);
    scheduleLag.set(0);
    webhookLag.set(0);
  });
  expect(await readFigures(metrics)).toEqual({
    outbox: { queued: 42, sending: 0, held: 1, oldestDueMs: 90_000, oldestDueOfConnectedMs: 250 },
    jobs: { processing: 3 },
    webhooks: { failing: 1 },
  });
});

it('figures that could not be counted are not known, rather than zero', async () => {
  const metrics = createMetrics();
  const { scheduleLag, webhookLag } = metrics.instruments;
  scheduleLag.set(Number.NaN);
  webhookLag.set(Number.NaN);
  expect(await readFigures(metrics)).toEqual({ outbox: null, jobs: null, webhooks: null });
});
