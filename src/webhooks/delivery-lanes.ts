import type { LoggedEvent } from '../events/event-log.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { within } from '../wakeups/within.ts';
import type { ClaimedDelivery } from './delivery.ts';
import type { Journey } from './delivery-attempt.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import type { WebhookEndpoint } from './webhook.ts';
import type { WebhookRepository } from './webhook-repository.ts';

export interface LanesDeps {
  readonly endpoints: Pick<WebhookRepository, 'find'>;
  readonly deliveries: Pick<DeliveryRepository, 'claimDue'>;
  /** Never rejects. */
  attempt(journey: Journey): Promise<void>;
  readonly limits: LaneLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Attempts at once in this process. */
export interface LaneLimits {
  readonly perEndpoint: number;
  /** Of all endpoints together. */
  readonly overall: number;
  /** What an endpoint has also when the others took everything. */
  readonly own: number;
}

/**
 * A lane for each endpoint: what one receiver does holds up its own deliveries and no others. A receiver that takes nothing
 * is tried with one attempt at a time.
 */
export interface DeliveryLanes {
  /** Claims what is due for the endpoint and starts it; resolves when that is done. Throws what Database throws. */
  look(endpointId: string): Promise<void>;
  /** Takes up to `wanted` places for deliveries that are being made; none while older ones wait. Each must be used or given back. */
  reserve(endpoint: WebhookEndpoint, wanted: number): number;
  giveBack(endpointId: string, places: number): void;
  /** Starts an attempt on a reserved place. */
  start(endpoint: WebhookEndpoint, delivery: ClaimedDelivery, event: LoggedEvent): void;
  /** Starts nothing more; gives attempts under way a moment, then interrupts them. */
  stop(): Promise<void>;
}

/** How long attempts under way may hold up a stop, in ms. */
const STOP_PATIENCE_MS = 3_000;

interface Lane {
  /** Places in use or reserved. */
  taken: number;
  looking: Promise<void> | null;
  lookAgain: boolean;
  /** There may be more that is due. */
  behind: boolean;
}

export function createDeliveryLanes({ endpoints, deliveries, limits, ...deps }: LanesDeps): DeliveryLanes {
  const { attempt, clock, log } = deps;
  const lanes = new Map<string, Lane>();
  const underWay = new Set<Promise<void>>();
  const interrupt = new AbortController();
  let stopped = false;
  let total = 0;

  const laneOf = (id: string): Lane => {
    const lane = lanes.get(id) ?? { taken: 0, looking: null, lookAgain: false, behind: false };
    lanes.set(id, lane);
    return lane;
  };

  function take(lane: Lane, { failingSince }: WebhookEndpoint, wanted: number): number {
    if (stopped) return 0;
    const most = failingSince === null ? limits.perEndpoint : 1;
    const free = Math.min(most - lane.taken, Math.max(limits.overall - total, limits.own - lane.taken));
    const places = Math.max(0, Math.min(wanted, free));
    lane.taken += places;
    total += places;
    return places;
  }

  function release(id: string, places: number): void {
    const lane = laneOf(id);
    lane.taken -= places;
    total -= places;
    if (lane.taken === 0 && lane.looking === null && !lane.behind) lanes.delete(id);
  }

  function run(journey: Omit<Journey, 'signal'>): void {
    const { id } = journey.endpoint;
    const work = attempt({ ...journey, signal: interrupt.signal }).finally(() => {
      underWay.delete(work);
      release(id, 1);
      if (lanes.get(id)?.behind) lookLater(id);
    });
    underWay.add(work);
  }

  function lookLater(id: string): void {
    look(id).catch((error: unknown) => {
      log.warn(
        { webhookId: id, err: error },
        'deliveries of a webhook were not looked at; the sweep does it',
      );
    });
  }

  async function look(id: string): Promise<void> {
    if (stopped) return;
    const lane = laneOf(id);
    lane.lookAgain = lane.looking !== null;
    lane.looking ??= claimAll(id, lane).finally(() => {
      lane.looking = null;
      release(id, 0);
    });
    return lane.looking;
  }

  async function claimAll(id: string, lane: Lane): Promise<void> {
    do {
      lane.lookAgain = false;
      lane.behind = false;
      const endpoint = await endpoints.find(id);
      if (endpoint?.status !== 'enabled') return;
      const places = take(lane, endpoint, limits.perEndpoint);
      // Whoever finishes looks again.
      lane.behind = places === 0;
      if (places > 0) await claim(lane, endpoint, places);
    } while (lane.lookAgain && !stopped);
  }

  async function claim(lane: Lane, endpoint: WebhookEndpoint, places: number): Promise<void> {
    let used = 0;
    try {
      const claimed = await deliveries.claimDue(endpoint.id, places);
      used = claimed.length;
      lane.behind = used === places;
      for (const delivery of claimed) run({ delivery, endpoint });
    } finally {
      release(endpoint.id, places - used);
    }
  }

  return {
    look,
    reserve(endpoint, wanted) {
      const lane = laneOf(endpoint.id);
      return lane.behind ? 0 : take(lane, endpoint, wanted);
    },
    giveBack: release,
    start: (endpoint, delivery, event) => run({ endpoint, delivery, event }),
    async stop() {
      stopped = true;
      const settled = async () => {
        await Promise.allSettled([...lanes.values()].map(({ looking }) => looking));
        await Promise.all(underWay);
      };
      if ((await within(clock, STOP_PATIENCE_MS, settled())) === 'late') interrupt.abort();
      await settled();
    },
  };
}
