import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { METRICS } from './metric-catalogue.ts';

/** What is counted and measured, one instrument for each entry of METRICS. */
export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments(registry: Registry) {
  const options = <const Labels extends readonly string[]>(entry: {
    name: string;
    help: string;
    labels: Labels;
  }) => {
    const { name, help, labels } = entry;
    const labelNames: Labels[number][] = [...labels];
    return { name, help, labelNames, registers: [registry] };
  };
  const buckets = ({ buckets: bounds }: { buckets: readonly number[] }) => ({ buckets: [...bounds] });

  return {
    devices: new Gauge(options(METRICS.devices)),
    liveDevices: new Gauge(options(METRICS.liveDevices)),
    connects: new Counter(options(METRICS.connects)),
    disconnects: new Counter(options(METRICS.disconnects)),
    reconnects: new Counter(options(METRICS.reconnects)),
    outboxMessages: new Gauge(options(METRICS.outboxMessages)),
    outboxLag: new Gauge(options(METRICS.outboxLag)),
    jobs: new Gauge(options(METRICS.jobs)),
    scheduleLag: new Gauge(options(METRICS.scheduleLag)),
    messageStatuses: new Counter(options(METRICS.messageStatuses)),
    refusals: new Counter(options(METRICS.refusals)),
    sendSeconds: new Histogram({ ...options(METRICS.sendSeconds), ...buckets(METRICS.sendSeconds) }),
    received: new Counter(options(METRICS.received)),
    mediaDownloads: new Counter(options(METRICS.mediaDownloads)),
    undecryptable: new Counter(options(METRICS.undecryptable)),
    webhooks: new Gauge(options(METRICS.webhooks)),
    webhookDeliveries: new Gauge(options(METRICS.webhookDeliveries)),
    webhookLag: new Gauge(options(METRICS.webhookLag)),
    webhookAttempts: new Counter(options(METRICS.webhookAttempts)),
    webhookSeconds: new Histogram({ ...options(METRICS.webhookSeconds), ...buckets(METRICS.webhookSeconds) }),
    webhooksDisabled: new Counter(options(METRICS.webhooksDisabled)),
    chatbotTurnsWaiting: new Gauge(options(METRICS.chatbotTurnsWaiting)),
    chatbotTurns: new Counter(options(METRICS.chatbotTurns)),
    wakeupsHealthy: new Gauge(options(METRICS.wakeupsHealthy)),
    wakeupsDue: new Gauge(options(METRICS.wakeupsDue)),
    requests: new Counter(options(METRICS.requests)),
    requestSeconds: new Histogram({ ...options(METRICS.requestSeconds), ...buckets(METRICS.requestSeconds) }),
    databaseErrors: new Counter(options(METRICS.databaseErrors)),
  };
}
