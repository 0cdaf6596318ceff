import type { WorkToStart } from './background-work.ts';
import type { Basics } from './basics.ts';
import type { KeyRing } from './config/key-encryption-key.ts';
import type { Database } from './database/database.ts';
import { createEgress } from './egress/egress-client.ts';
import { createSystemResolver } from './egress/egress-resolver.ts';
import type { EventLog } from './events/event-log.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { Metrics } from './metrics/metrics.ts';
import { measureWebhooks } from './metrics/webhook-metrics.ts';
import { dutiesOf } from './roles.ts';
import { SERVICE } from './service.ts';
import { createEventBus } from './shared/event-bus.ts';
import { createRingSealer } from './shared/ring-sealer.ts';
import type { Wakeups } from './wakeups/wakeups.ts';
import { createDeliveryAttempt } from './webhooks/delivery-attempt.ts';
import { createDeliveryLanes } from './webhooks/delivery-lanes.ts';
import { createDeliveryListRepository } from './webhooks/delivery-list-repository.ts';
import { createDeliveryRepository } from './webhooks/delivery-repository.ts';
import { deliveryRoutes } from './webhooks/delivery-routes.ts';
import { createDeliveryService, type DeliveryService } from './webhooks/delivery-service.ts';
import { createEndpointHealth } from './webhooks/endpoint-health.ts';
import {
  createEndpointHealthRepository,
  type EndpointHealthRepository,
} from './webhooks/endpoint-health-repository.ts';
import { createPoster, type Poster } from './webhooks/poster.ts';
import { createRecentEvents } from './webhooks/recent-events.ts';
import { createSettling } from './webhooks/settling.ts';
import { createWebhookFanOut } from './webhooks/webhook-fan-out.ts';
import type { WebhookNews } from './webhooks/webhook-news.ts';
import type { WebhookDevices } from './webhooks/webhook-ports.ts';
import { startWebhookPurge } from './webhooks/webhook-purge.ts';
import { createWebhookRepository, type WebhookRepository } from './webhooks/webhook-repository.ts';
import { webhookRoutes } from './webhooks/webhook-routes.ts';
import { createWebhookService, type WebhookService } from './webhooks/webhook-service.ts';
import { EVENT_LOG, startWebhookWorker } from './webhooks/webhook-worker.ts';

export interface WebhookHostDeps extends Basics {
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly devices: WebhookDevices;
  readonly events: EventLog;
  readonly metrics: Metrics;
  readonly wakeups: Pick<Wakeups, 'ring' | 'handle'>;
}

/** Events posted to other programs: asking for it, looking at what became of it, and doing it. */
export interface WebhookHost {
  readonly webhookService: WebhookService;
  readonly deliveryService: DeliveryService;
  readonly work: WorkToStart;
  /** Seals the secrets under the current master key. */
  reseal(): Promise<void>;
  /** Ends all connections to receivers. */
  close(): Promise<void>;
}

/** Endpoints worked on at once; each waits for the database only, never for a receiver. */
const ENDPOINTS_AT_ONCE = 100;
const OVERALL = 200;

export function createWebhookHost(deps: WebhookHostDeps): WebhookHost {
  const { database, keyRing, events, wakeups, config, clock, log, metrics } = deps;
  const egress = createEgress({
    allowances: config.egressAllow,
    resolver: createSystemResolver(),
    clock,
  });
  const poster = createPoster({ egress, clock, agent: `${SERVICE.name}/${SERVICE.version}` });
  const sealer = createRingSealer(keyRing, 'wafleet webhook secret');
  const endpoints = createWebhookRepository({ database, sealer });
  const verdicts = createEndpointHealthRepository({ database });
  const list = createDeliveryListRepository({ database });
  const news = createEventBus<WebhookNews>((error) =>
    log.error({ bus: 'webhooks', err: error }, 'an event listener failed'),
  );
  measureWebhooks({ metrics, news, database, clock, log });
  const ring = (endpointId: string) => wakeups.ring('webhook', endpointId);
  const webhookService = createWebhookService({ ...deps, endpoints, verdicts, egress, poster, ring });
  const startWorker = createWorker({ ...deps, endpoints, verdicts, poster, news });
  if (!dutiesOf(config.role).workers) events.onAnnounced(() => void wakeups.ring('webhook', EVENT_LOG));
  return {
    webhookService,
    deliveryService: createDeliveryService({ list, webhooks: webhookService, events, ring }),
    work: { webhooks: startWorker, webhookPurge: () => startWebhookPurge({ list, clock, log }) },
    reseal: endpoints.reseal,
    close: egress.close,
  };
}

/** The routes of all of it. */
export function mountWebhooks(
  api: ApiInstance,
  { prefix, webhookService, deliveryService }: { prefix: string } & WebhookHost,
): void {
  api.register(webhookRoutes, { prefix, webhookService });
  api.register(deliveryRoutes, { prefix, deliveryService });
}

interface WorkerParts {
  readonly endpoints: WebhookRepository;
  readonly verdicts: EndpointHealthRepository;
  readonly poster: Poster;
  readonly news: ReturnType<typeof createEventBus<WebhookNews>>;
}

/** What reads the log and posts; it does nothing until it is started. */
function createWorker(deps: WebhookHostDeps & WorkerParts) {
  const { database, endpoints, events, wakeups, config, clock, log } = deps;
  const deliveries = createDeliveryRepository({ database });
  const lanes = createDeliveryLanes({
    endpoints,
    deliveries,
    attempt: createDeliveryAttempt({
      settling: createSettling(deliveries),
      ...deps,
      deliveries,
      events: createRecentEvents({ log: events, clock }),
      health: createEndpointHealth(deps),
    }),
    limits: { perEndpoint: config.webhookConcurrency, overall: OVERALL, own: 1 },
    clock,
    log,
  });
  const fanOut = createWebhookFanOut({ ...deps, deliveries, lanes });
  wakeups.handle('webhook', (id) => (id === EVENT_LOG ? fanOut.look() : lanes.look(id)), {
    concurrency: ENDPOINTS_AT_ONCE,
  });
  return () => startWebhookWorker({ fanOut, lanes, deliveries, events, wakeups, clock, log });
}
