import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import type { WebhookNews } from '../webhooks/webhook-news.ts';
import { keptForAWhile } from './kept-for-a-while.ts';
import type { Metrics } from './metrics.ts';
import { createWebhookCountRepository } from './webhook-count-repository.ts';

interface WebhookMetricsDeps {
  readonly metrics: Metrics;
  readonly news: EventBus<WebhookNews>;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts attempts of this process, and shows before each reading what waits according to the rows. */
export function measureWebhooks({ metrics, news, database, clock, log }: WebhookMetricsDeps): void {
  const { webhookAttempts, webhookSeconds, webhooksDisabled, webhooks, webhookDeliveries, webhookLag } =
    metrics.instruments;
  news.subscribe((each) => {
    if (each.type === 'disabled') return webhooksDisabled.inc({ reason: each.reason });
    webhookAttempts.inc({ result: each.result, error: each.error ?? '' });
    // A retry says how long the receiver was away, not how quick we are.
    if (each.result === 'delivered' && each.attempt === 1) webhookSeconds.observe(each.sinceEventMs / 1000);
  });
  const repository = createWebhookCountRepository(database);
  const counts = keptForAWhile({
    clock,
    load: async () => ({ endpoints: await repository.endpoints(), ...(await repository.waiting()) }),
    onFailure: (error) => log.debug({ err: error }, 'counts for the metrics could not be taken'),
  });
  metrics.beforeReading(async () => {
    const known = await counts();
    webhooks.reset();
    for (const { status, count } of known?.endpoints ?? []) webhooks.set({ status }, Number(count));
    webhookDeliveries.set(known ? known.count : Number.NaN);
    const overdueMs = known?.oldestDueAt ? clock.now().getTime() - known.oldestDueAt.getTime() : 0;
    webhookLag.set(known ? Math.max(0, overdueMs) / 1000 : Number.NaN);
  });
}
