import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { Logger } from '../shared/logger.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import type { EndpointHealthRepository } from './endpoint-health-repository.ts';
import type { DisabledReason, WebhookEndpoint } from './webhook.ts';
import type { WebhookNews } from './webhook-news.ts';

export interface EndpointHealthDeps {
  readonly verdicts: EndpointHealthRepository;
  readonly news: EventBus<WebhookNews>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Knows since when a receiver takes nothing, and gives up on it. */
export interface EndpointHealth {
  /** `endpoint` as it was when the attempt began. Throws what Database throws. */
  note(endpoint: Pick<WebhookEndpoint, 'id' | 'failingSince'>, outcome: AttemptOutcome): Promise<void>;
}

export const DISABLED_AFTER_MS = 5 * 24 * 60 * 60_000;
/** This process's clock decides only when the database is asked. */
const CLOCKS_DIFFER_MS = 60 * 60_000;

export function createEndpointHealth({ verdicts, news, clock, log }: EndpointHealthDeps): EndpointHealth {
  function tellDisabled(webhookId: string, reason: DisabledReason): void {
    log.error({ webhookId, reason }, 'a webhook was disabled: its receiver takes nothing');
    news.publish({ type: 'disabled', reason });
  }

  async function noteFailure(
    { id, failingSince }: Pick<WebhookEndpoint, 'id' | 'failingSince'>,
    outcome: Extract<AttemptOutcome, { kind: 'failed' }>,
  ): Promise<void> {
    if (failingSince === null) {
      const { error, statusCode } = outcome;
      if (await verdicts.noteFailed(id)) log.warn({ webhookId: id, error, statusCode }, 'a webhook fails');
      return;
    }
    const failingMs = clock.now().getTime() - failingSince.getTime();
    if (failingMs < DISABLED_AFTER_MS - CLOCKS_DIFFER_MS) return;
    if (await verdicts.disableIfFailing(id, DISABLED_AFTER_MS)) tellDisabled(id, 'failing');
  }

  return {
    async note(endpoint, outcome) {
      const { id, failingSince } = endpoint;
      if (outcome.kind === 'delivered') {
        if (failingSince === null || !(await verdicts.noteTaken(id))) return;
        log.info({ webhookId: id }, 'a webhook works again');
      } else if (outcome.error === 'gone') {
        if (await verdicts.disable(id, 'gone')) tellDisabled(id, 'gone');
      } else if (outcome.error !== 'interrupted' && outcome.error !== 'event_expired') {
        await noteFailure(endpoint, outcome);
      }
    },
  };
}
