import type { EventLog, LoggedEvent } from '../events/event-log.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { NewDelivery } from './delivery.ts';
import type { DeliveryLanes } from './delivery-lanes.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import { isWanted, type WebhookEndpoint } from './webhook.ts';
import type { WebhookRepository } from './webhook-repository.ts';

export interface FanOutDeps {
  readonly endpoints: Pick<WebhookRepository, 'enabled'>;
  readonly deliveries: Pick<DeliveryRepository, 'fanOut'>;
  readonly events: Pick<EventLog, 'after'>;
  readonly lanes: Pick<DeliveryLanes, 'reserve' | 'giveBack' | 'start' | 'look'>;
  readonly ids: Ids;
  readonly log: Logger;
}

/** Makes deliveries of events, each event once for each endpoint that wants it, however many processes do so. */
export interface WebhookFanOut {
  /** Brings every enabled endpoint to the end of the log. Throws what Database throws. */
  look(): Promise<void>;
  /** Begins no more rounds; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** What one transaction makes stays small, however many endpoints there are. */
const DELIVERIES_AT_ONCE = 2_000;
const EVENTS_AT_ONCE = 200;

export function createWebhookFanOut(deps: FanOutDeps): WebhookFanOut {
  const { endpoints, deliveries, events, lanes, ids, log } = deps;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  async function rounds(): Promise<void> {
    let more = true;
    while (more && !stopped) {
      again = false;
      const wentFull = await round();
      more = wentFull || again;
    }
  }

  /** True when there is more to read. */
  async function round(): Promise<boolean> {
    const byCursor = Map.groupBy(await endpoints.enabled(), ({ cursorSeq }) => cursorSeq);
    const more = await Promise.all([...byCursor].map(([cursor, group]) => advance(cursor, group)));
    return more.includes(true);
  }

  /** Brings endpoints that have come equally far a step on. Who comes second finds a cursor moved, and looks again. */
  async function advance(cursor: number, group: readonly WebhookEndpoint[]): Promise<boolean> {
    const limit = Math.min(EVENTS_AT_ONCE, Math.ceil(DELIVERIES_AT_ONCE / group.length));
    const found = await events.after(cursor, limit);
    const last = found.at(-1);
    if (!last) return false;
    const shares = group.map((endpoint) => shareOf(endpoint, found));
    let isOurs = false;
    try {
      isOurs = await deliveries.fanOut({
        endpointIds: group.map(({ id }) => id),
        fromSeq: cursor,
        toSeq: last.seq,
        claimed: shares.flatMap(({ claimed }) => claimed.map(({ delivery }) => delivery)),
        waiting: shares.flatMap(({ waiting }) => waiting.map(({ delivery }) => delivery)),
      });
    } finally {
      if (!isOurs) for (const { endpoint, claimed } of shares) lanes.giveBack(endpoint.id, claimed.length);
    }
    if (!isOurs) return true;
    for (const { endpoint, claimed, waiting } of shares) {
      for (const { delivery, event } of claimed) lanes.start(endpoint, { ...delivery, attempts: 1 }, event);
      if (waiting.length > 0) lookLater(endpoint.id);
    }
    return found.length === limit;
  }

  /** What an endpoint wants of these events; the first of it on places reserved in its lane. */
  function shareOf(endpoint: WebhookEndpoint, found: readonly LoggedEvent[]) {
    const made = found
      .filter((event) => isWanted(endpoint, event))
      .map((event) => ({ event, delivery: toDelivery(endpoint, event, ids.next()) }));
    const places = lanes.reserve(endpoint, made.length);
    return { endpoint, claimed: made.slice(0, places), waiting: made.slice(places) };
  }

  function lookLater(id: string): void {
    lanes.look(id).catch((error: unknown) => {
      log.warn(
        { webhookId: id, err: error },
        'deliveries of a webhook were not looked at; the sweep does it',
      );
    });
  }

  return {
    look() {
      again = true;
      running ??= rounds().finally(() => {
        running = null;
      });
      return running;
    },
    async stop() {
      stopped = true;
      await running?.catch(() => undefined);
    },
  };
}

function toDelivery(endpoint: WebhookEndpoint, event: LoggedEvent, id: string): NewDelivery {
  const { id: eventId, seq: eventSeq, type: eventType, deviceId } = event;
  return { id, endpointId: endpoint.id, eventId, eventSeq, eventType, deviceId };
}
