import type { ChatbotNews } from '../chatbot/chatbot-news.ts';
import type { Database } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import { createChatbotCountRepository } from './chatbot-count-repository.ts';
import { keptForAWhile } from './kept-for-a-while.ts';
import type { Metrics } from './metrics.ts';

interface ChatbotMetricsDeps {
  readonly metrics: Metrics;
  readonly news: EventBus<ChatbotNews>;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts turns that ended in this process, and shows before each reading what waits according to the rows. */
export function measureChatbots({ metrics, news, database, clock, log }: ChatbotMetricsDeps): void {
  const { chatbotTurns, chatbotTurnsWaiting } = metrics.instruments;
  news.subscribe(({ status, reason }) => chatbotTurns.inc({ status, reason: reason ?? '' }));
  const repository = createChatbotCountRepository(database);
  const count = keptForAWhile({
    clock,
    load: repository.waiting,
    onFailure: (error) => log.debug({ err: error }, 'counts for the metrics could not be taken'),
  });
  metrics.beforeReading(async () => chatbotTurnsWaiting.set((await count()) ?? Number.NaN));
}
