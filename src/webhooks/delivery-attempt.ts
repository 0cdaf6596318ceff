import { clip } from '../database/columns.ts';
import type { LoggedEvent } from '../events/event-log.ts';
import type { Clock } from '../shared/clock.ts';
import type { EventBus } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Random } from '../shared/random.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import { type AttemptOutcome, failedBecause } from './attempt-outcome.ts';
import type { Attempt, ClaimedDelivery } from './delivery.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import type { EndpointHealth } from './endpoint-health.ts';
import type { Poster } from './poster.ts';
import type { RecentEvents } from './recent-events.ts';
import { waitAfter } from './retry-schedule.ts';
import type { Settling } from './settling.ts';
import type { WebhookEndpoint } from './webhook.ts';
import type { WebhookNews } from './webhook-news.ts';

export interface AttemptDeps {
  readonly deliveries: Pick<DeliveryRepository, 'renew'>;
  readonly settling: Settling;
  readonly health: EndpointHealth;
  readonly events: RecentEvents;
  readonly poster: Poster;
  readonly news: EventBus<WebhookNews>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A claimed delivery on its way. */
export interface Journey {
  readonly delivery: ClaimedDelivery;
  readonly endpoint: WebhookEndpoint;
  /** When the caller has it at hand. */
  readonly event?: LoggedEvent | undefined;
  /** Aborted when this process stops. */
  readonly signal: AbortSignal;
}

/** A third of what a claim lasts. */
const RENEW_EVERY_MS = 2_000;
const RESPONSE_LENGTH = 500;

/**
 * Makes one attempt and stores how it ended. Never rejects: when that cannot be stored the claim runs out, and the attempt is
 * made again.
 */
export function createDeliveryAttempt(deps: AttemptDeps): (journey: Journey) => Promise<void> {
  const { deliveries, settling, health, events, poster, news, wakeups, ids, clock, random, log } = deps;

  return async (journey) => {
    const { endpoint, delivery } = journey;
    const about = { webhookId: endpoint.id, deliveryId: delivery.id };
    const renewal = clock.every(RENEW_EVERY_MS, () => {
      deliveries.renew(delivery).catch((error: unknown) => {
        log.debug({ ...about, err: error }, 'the claim of a webhook delivery was not renewed');
      });
    });
    try {
      await attempt(journey);
    } catch (error) {
      log.warn({ ...about, err: error }, 'the end of a webhook attempt was not stored; it is made again');
    } finally {
      renewal.cancel();
    }
  };

  async function attempt({ delivery, endpoint, signal, ...known }: Journey): Promise<void> {
    const startedAt = clock.now();
    const from = clock.monotonic();
    const event = known.event ?? (await events.find(delivery.eventSeq, delivery.eventId));
    const outcome = event ? await poster.post(event, endpoint, signal) : failedBecause('event_expired');
    const durationMs = Math.round(clock.monotonic() - from);
    const waitMs = waitFor(outcome, delivery.attempts);
    const settlement = {
      delivery,
      outcome,
      attempt: toAttempt(delivery, outcome, { startedAt, durationMs }),
      attemptId: ids.next(),
      waitMs,
    };
    if (!(await settling.settle(settlement))) return;
    await health.note(endpoint, outcome);
    const sinceEventMs = event ? Math.max(0, clock.now().getTime() - event.at.getTime()) : 0;
    news.publish({
      type: 'attempted',
      result: outcome.kind === 'delivered' ? 'delivered' : waitMs === null ? 'failed' : 'retry',
      error: outcome.kind === 'failed' ? outcome.error : null,
      sinceEventMs,
      attempt: delivery.attempts,
    });
    if (waitMs !== null && !signal.aborted) {
      await wakeups.ring('webhook', endpoint.id, new Date(clock.now().getTime() + waitMs));
    }
  }

  /** Null when there is no next attempt. */
  function waitFor(outcome: AttemptOutcome, number: number): number | null {
    if (outcome.kind === 'delivered') return null;
    if (outcome.error === 'gone' || outcome.error === 'event_expired') return null;
    if (outcome.error === 'interrupted') return 0;
    const { retryAfterMs, statusCode } = outcome;
    return waitAfter({ number, answered: statusCode !== null, retryAfterMs }, random);
  }
}

function toAttempt(
  { id, attempts, eventType }: ClaimedDelivery,
  outcome: AttemptOutcome,
  { startedAt, durationMs }: Pick<Attempt, 'startedAt' | 'durationMs'>,
): Attempt {
  const isFailed = outcome.kind === 'failed';
  // A receiver may answer with what it was sent, and texts are stored nowhere but with their messages.
  const response = isFailed && eventType !== 'message' ? outcome.response : null;
  return {
    deliveryId: id,
    number: attempts,
    startedAt,
    durationMs,
    statusCode: outcome.statusCode,
    error: isFailed ? outcome.error : null,
    response: response === null ? null : clip(response, RESPONSE_LENGTH),
  };
}
