import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { startSweep } from '../wakeups/sweep.ts';
import type { Wakeups } from '../wakeups/wakeups.ts';
import type { DeliveryLanes } from './delivery-lanes.ts';
import type { DeliveryRepository } from './delivery-repository.ts';
import type { WebhookFanOut } from './webhook-fan-out.ts';

/** Rings for it say that the log has grown; every other id of the topic is an endpoint's. */
export const EVENT_LOG = 'log';

interface WorkerDeps {
  readonly fanOut: WebhookFanOut;
  readonly lanes: Pick<DeliveryLanes, 'stop'>;
  readonly deliveries: Pick<DeliveryRepository, 'due'>;
  readonly events: Pick<EventLog, 'onAnnounced'>;
  readonly wakeups: Pick<Wakeups, 'ring'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface WebhookWorker {
  /** Begins nothing more; attempts under way get a few seconds. */
  stop(): Promise<void>;
}

/** How late an event of a process that cannot ring here, or a retry whose ring was lost, can be; in ms. */
const SWEEP_MS = 1_000;

/** Looks at once when an event of this process is logged, and every second at what there is to do. */
export function startWebhookWorker(deps: WorkerDeps): WebhookWorker {
  const { fanOut, lanes, deliveries, events, wakeups, clock, log } = deps;
  const unfollow = events.onAnnounced(() => {
    fanOut.look().catch((error: unknown) => {
      log.debug({ err: error }, 'events were not looked at for webhooks; the sweep does it');
    });
  });
  const sweep = startSweep({
    clock,
    everyMs: SWEEP_MS,
    wakeups,
    log,
    async find() {
      await fanOut.look();
      return (await deliveries.due()).map((id) => ({ topic: 'webhook' as const, id }));
    },
  });
  return {
    async stop() {
      unfollow();
      await Promise.all([sweep.stop(), fanOut.stop()]);
      await lanes.stop();
    },
  };
}
