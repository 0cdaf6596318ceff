import type { Metric } from 'prom-client';
import type { Instruments } from './instruments.ts';
import type { Metrics } from './metrics.ts';

/** What the metrics say about work that waits, of the whole installation; null where it could not be counted now. */
export interface Figures {
  readonly outbox: OutboxFigures | null;
  /** How many, by status: `queued`, `processing`, `paused`. */
  readonly jobs: Readonly<Record<string, number>> | null;
  /** How many, by status: `enabled`, `failing`, `disabled`. */
  readonly webhooks: Readonly<Record<string, number>> | null;
}

export interface OutboxFigures {
  readonly queued: number;
  readonly sending: number;
  readonly held: number;
  /** How long the message that goes next has been due, in ms; of the device that waits longest, items of jobs left out. */
  readonly oldestDueMs: number;
  /** The same of connected devices only: what waits although it could go. */
  readonly oldestDueOfConnectedMs: number;
}

/** The values a scrape would show now, at most a few seconds old. */
export async function readFigures(metrics: Pick<Metrics, 'measure' | 'instruments'>): Promise<Figures> {
  const { instruments } = metrics;
  await metrics.measure();
  // A lag nobody knows is no number: then the rows could not be counted.
  const [scheduleLag, webhookLag] = await Promise.all([
    valuesOf(instruments.scheduleLag),
    valuesOf(instruments.webhookLag),
  ]);
  const isKnown = ([lag]: readonly Value[]) => lag !== undefined && !Number.isNaN(lag.value);
  return {
    outbox: isKnown(scheduleLag) ? await outboxOf(instruments) : null,
    jobs: isKnown(scheduleLag) ? byStatus(await valuesOf(instruments.jobs)) : null,
    webhooks: isKnown(webhookLag) ? byStatus(await valuesOf(instruments.webhooks)) : null,
  };
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
}

async function valuesOf(metric: Pick<Metric, 'get'>): Promise<readonly Value[]> {
  return (await metric.get()).values;
}

async function outboxOf({ outboxMessages, outboxLag }: Instruments): Promise<OutboxFigures> {
  const { queued = 0, sending = 0, held = 0 } = byStatus(await valuesOf(outboxMessages));
  const lags = (await valuesOf(outboxLag)).filter(({ labels }) => labels.source === 'single');
  const longest = (values: readonly Value[]) =>
    Math.round(Math.max(0, ...values.map(({ value }) => value)) * 1000);
  return {
    queued,
    sending,
    held,
    oldestDueMs: longest(lags),
    oldestDueOfConnectedMs: longest(lags.filter(({ labels }) => labels.device_status === 'connected')),
  };
}

/** Summed over all other labels. */
function byStatus(values: readonly Value[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { value, labels } of values) {
    const status = String(labels.status);
    sums[status] = (sums[status] ?? 0) + value;
  }
  return sums;
}
