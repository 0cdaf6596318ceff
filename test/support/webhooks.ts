import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Egress } from '../../src/egress/egress-client.ts';
import { createEventLogRepository } from '../../src/events/event-log-repository.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { createEventBus } from '../../src/shared/event-bus.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createRingSealer } from '../../src/shared/ring-sealer.ts';
import { newWebhookSecret } from '../../src/shared/standard-webhooks.ts';
import { createDeliveryAttempt } from '../../src/webhooks/delivery-attempt.ts';
import { createDeliveryLanes, type LaneLimits } from '../../src/webhooks/delivery-lanes.ts';
import { createDeliveryListRepository } from '../../src/webhooks/delivery-list-repository.ts';
import { createDeliveryRepository } from '../../src/webhooks/delivery-repository.ts';
import { createEndpointHealth } from '../../src/webhooks/endpoint-health.ts';
import { createEndpointHealthRepository } from '../../src/webhooks/endpoint-health-repository.ts';
import { createPoster } from '../../src/webhooks/poster.ts';
import { createRecentEvents } from '../../src/webhooks/recent-events.ts';
import { createSettling } from '../../src/webhooks/settling.ts';
import type { NewWebhookEndpoint } from '../../src/webhooks/webhook.ts';
import { createWebhookFanOut } from '../../src/webhooks/webhook-fan-out.ts';
import type { WebhookNews } from '../../src/webhooks/webhook-news.ts';
import { createWebhookRepository } from '../../src/webhooks/webhook-repository.ts';
import { openTestEgress } from './egress.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { createRecorder, type Recorder } from './recorder.ts';

/** The secret of every endpoint the tests make. */
export const SECRET = newWebhookSecret(systemRandom);

export const LIMITS: LaneLimits = { perEndpoint: 4, overall: 200, own: 1 };
/** Nothing is attempted: rows stay as the fan-out makes them. */
export const NO_ATTEMPTS: LaneLimits = { perEndpoint: 0, overall: 0, own: 0 };

interface WorldOptions {
  readonly database: Database;
  readonly clock?: Clock;
  readonly limits?: LaneLimits;
  readonly egress?: Pick<Egress, 'streamOutside'>;
}

export type WebhookWorld = ReturnType<typeof createWebhookWorld>;

/** Webhooks as one process has them, on a real database, with rings that are only written down. */
export function createWebhookWorld({ database, clock = systemClock, ...options }: WorldOptions) {
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const sealer = createRingSealer({ key: Buffer.alloc(32, 5), previous: [] }, 'wafleet webhook secret');
  const endpoints = createWebhookRepository({ database, sealer });
  const verdicts = createEndpointHealthRepository({ database });
  const deliveries = createDeliveryRepository({ database });
  const rows = createEventLogRepository({ database });
  const events = { ...rows, append: rows.add };
  const egress = options.egress ?? openTestEgress({ clock }).egress;
  const poster = createPoster({ egress, clock, agent: 'wafleet/test' });
  const news = createEventBus<WebhookNews>((error) => {
    throw error;
  });
  const told = createRecorder<WebhookNews>();
  news.subscribe(told.add);
  const rings = createRecorder<{ readonly id: string; readonly at: Date | undefined }>();
  const parts = { endpoints, verdicts, deliveries, poster, news, ids, clock, log: silentLogger };
  const lanes = createDeliveryLanes({
    ...parts,
    attempt: createDeliveryAttempt({
      settling: createSettling(deliveries),
      ...parts,
      events: createRecentEvents({ log: events, clock }),
      health: createEndpointHealth(parts),
      wakeups: { ring: async (_topic, id, at) => rings.add({ id, at }) },
      random: systemRandom,
    }),
    limits: options.limits ?? LIMITS,
  });
  const fanOut = createWebhookFanOut({ ...parts, events, lanes });
  return {
    ...parts,
    list: createDeliveryListRepository({ database }),
    events,
    lanes,
    fanOut,
    told,
    rings,
    /** An endpoint that wants everything from the end of the log on; its id. */
    async add(fields: Partial<NewWebhookEndpoint> = {}): Promise<string> {
      const id = ids.next();
      const cursorSeq = await events.last();
      await endpoints.add({
        id,
        url: 'https://shop.example/hook',
        events: ['*'],
        deviceIds: null,
        secret: SECRET,
        cursorSeq,
        ...fields,
      });
      return id;
    },
    /** What became of all events for an endpoint, the oldest first. */
    of: (endpointId: string) =>
      createDeliveryListRepository({ database }).list({ endpointId, order: 'asc', limit: 10_000, offset: 0 }),
    /** Whatever waits or is under way is due now: as if its time had passed. */
    async passTime(endpointId: string) {
      const { text } = { text: 'update webhook_delivery set next_attempt_at = ? where endpoint_id = ?' };
      const past = new Date((await database.now()).getTime() - 1_000);
      await database.run({
        text: `${text} and status in ('pending', 'sending')`,
        params: [past, endpointId],
      });
    },
  };
}

/** A request as a receiver of webhooks got it. */
export interface Posted {
  readonly id: string;
  readonly body: { readonly type: string; readonly id: string; readonly [field: string]: unknown };
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the package that receivers use accepts the signature. */
  readonly isGenuine: boolean;
  readonly text: string;
  /** ms since 1970. */
  readonly at: number;
}

export interface Hook extends Receiver {
  readonly url: string;
  readonly posted: Recorder<Posted>;
}

type Answer = (response: ServerResponse, posted: Posted) => void;

export interface HookOptions {
  readonly answer?: Answer;
  readonly secret?: string;
  readonly tls?: { readonly keyPem: string; readonly certPem: string };
}

const TAKEN: Answer = (response) => void response.writeHead(204).end();

/** Somebody's program that takes webhooks, on loopback, for one test. */
export async function startHook({ answer = TAKEN, secret = SECRET, tls }: HookOptions = {}): Promise<Hook> {
  const posted = createRecorder<Posted>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const one = await readPosted(request, secret);
    answer(response, one);
    posted.add(one);
  };
  const receiver = await startReceiver(
    (request, response) => void take(request, response),
    tls ? { tls } : {},
  );
  return { ...receiver, url: `${tls ? 'https' : 'http'}://127.0.0.1:${receiver.port}/hook`, posted };
}

async function readPosted(request: IncomingMessage, secret: string): Promise<Posted> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  let isGenuine = true;
  try {
    new Webhook(secret).verify(text, headers);
  } catch {
    isGenuine = false;
  }
  return {
    id: headers['webhook-id'] ?? '',
    body: JSON.parse(text),
    headers,
    isGenuine,
    text,
    at: Date.now(),
  };
}

/** Stops what a world started, after the test. */
export function stopAfterTest({ fanOut, lanes }: WebhookWorld): void {
  onTestFinished(async () => {
    await fanOut.stop();
    await lanes.stop();
  });
}

/** A receiver whose program ends and is started again, on the same port. */
export interface FallingHook {
  readonly url: string;
  readonly posted: Recorder<Posted>;
  /** Nobody listens any more, and every connection is gone. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Each has a secret of its own when it is given one. */
export async function startFallingHook(secret = SECRET): Promise<FallingHook> {
  const posted = createRecorder<Posted>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const one = await readPosted(request, secret).catch(() => null);
    if (one === null) return;
    response.writeHead(204).end();
    posted.add(one);
  };
  let server = createServer((request, response) => void take(request, response));
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const down = async () => {
    const gone = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await gone;
  };
  onTestFinished(() => void server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${port}/hook`,
    posted,
    down,
    async up() {
      server = createServer((request, response) => void take(request, response));
      await listen(port);
    },
  };
}

/** What came for each text of received messages: under which ids, and how often. */
export function textsOf(all: readonly Posted[]): ReadonlyMap<string, ReadonlySet<string>> {
  const ids = new Map<string, Set<string>>();
  for (const { id, body } of all) {
    const { message } = (body.data ?? {}) as { message?: { text?: string } | null };
    if (body.type !== 'message' || typeof message?.text !== 'string') continue;
    ids.set(message.text, (ids.get(message.text) ?? new Set()).add(id));
  }
  return ids;
}
