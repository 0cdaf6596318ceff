import { apiKeyRoutes } from './access/api-key-routes.ts';
import { ensureFirstKey, type FirstKey } from './access/first-key.ts';
import type { Basics } from './basics.ts';
import { createDeviceHost } from './device-host.ts';
import { adoptSessionFolders } from './devices/device-adoption.ts';
import { deviceConnectionRoutes } from './devices/device-connection-routes.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { deviceHealth } from './devices/device-health.ts';
import { deviceListRoutes } from './devices/device-list-routes.ts';
import { devicePairingRoutes } from './devices/device-pairing-routes.ts';
import { createDeviceRepository } from './devices/device-repository.ts';
import { deviceRoutes } from './devices/device-routes.ts';
import { createDeviceService } from './devices/device-service.ts';
import { createProxySealer } from './devices/proxy-sealer.ts';
import { bridgeDeviceEvents } from './events/device-event-bridge.ts';
import { deviceSocketRoutes } from './events/device-socket-routes.ts';
import { createEventFeed } from './events/event-feed.ts';
import { eventRoutes } from './events/event-routes.ts';
import type { LiveEvent } from './events/live-event.ts';
import { bridgeMessageEvents } from './events/message-live-events.ts';
import { type Foundation, openFoundation } from './foundation.ts';
import type { ApiInstance } from './http/fastify.ts';
import { createHttpServer } from './http/server.ts';
import { finishKeyRotation } from './key-rotation.ts';
import { createLeaseKeeper } from './leases/lease-keeper.ts';
import type { MessageEvent } from './messages/message-events.ts';
import { startMessageRecorder } from './messages/message-recorder.ts';
import { createMessageRepository } from './messages/message-repository.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { createMessageService } from './messages/message-service.ts';
import { countDatabaseError } from './metrics/database-metrics.ts';
import { measureDevices } from './metrics/device-metrics.ts';
import { measureFleet } from './metrics/fleet-metrics.ts';
import { countRequest } from './metrics/http-metrics.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import type { OutboxEvent } from './outbox/outbox-events.ts';
import { createOutboxHost } from './outbox-host.ts';
import { SERVICE } from './service.ts';
import { keepOperatingMode } from './settings/operating-mode.ts';
import { createSettingRepository } from './settings/setting-repository.ts';
import { createEventBus, type EventBus } from './shared/event-bus.ts';
import { createWakeups } from './wakeups/create-wakeups.ts';
import type { Wakeups } from './wakeups/wakeups.ts';

/** A running server. */
export interface App {
  readonly url: string;
  readonly firstKey: FirstKey;
  /** Stops in order: sends, requests, sockets, what is still being stored, leases, the database. At most ten seconds. */
  stop(): Promise<void>;
}

const DEVICES = '/api/whatsapp-multi-device';
/** How many live events a reader that lost its connection can catch up on. */
const REMEMBERED_EVENTS = 2_000;
/** How long the answers to messages under way, and then what was heard of them, may hold up a stop; in ms. */
const ANSWERS_PATIENCE_MS = 3_000;
const NEWS_PATIENCE_MS = 2_000;

/** Builds everything and starts it; the only place that knows all parts. Rejects with nothing left running. */
export async function startApp(given: Basics): Promise<App> {
  const metrics = createMetrics();
  const basics = { ...given, metrics };
  const onDatabaseError = (error: unknown) => countDatabaseError(error, metrics.instruments);
  const foundation = await openFoundation({ ...basics, onDatabaseError });
  try {
    return await startOn(foundation, basics);
  } catch (error) {
    await foundation.close();
    throw error;
  }
}

interface Measured extends Basics {
  readonly metrics: Metrics;
}

async function startOn(foundation: Foundation, basics: Measured): Promise<App> {
  const { config, clock, ids, log } = basics;
  const { database } = foundation;
  await keepOperatingMode(createSettingRepository({ database, clock }), config.sandbox ? 'sandbox' : 'live');
  const wakeups = await createWakeups({ redisUrl: config.redisUrl, clock, ids, log });
  const parts = assemble({ ...foundation, wakeups }, basics);
  const { manager, recorder, outbox } = parts;
  await finishKeyRotation({ foundation, devices: parts.devices, log });
  const firstKey = await ensureFirstKey(foundation.apiKeys, config.given.adminApiKey);
  if (firstKey.kind === 'exists' && firstKey.adminKeyWorks === false) {
    log.warn(
      {},
      'ADMIN_API_KEY is no valid administrator key here: keys exist already, so it was not adopted',
    );
  }
  await parts.leases.start();
  await wakeups.start();
  const server = await createServer(parts, foundation, basics);
  const url = await server.listen();
  // Requests are answered while devices come back; their states tell how far they are.
  const restored = restore(parts, foundation, basics);
  outbox.start();
  return {
    url,
    firstKey,
    async stop() {
      // Together: a request may wait for the answer to its message.
      await Promise.all([outbox.drain(ANSWERS_PATIENCE_MS), server.close()]);
      await wakeups.stop();
      await restored;
      await manager.shutdown();
      await Promise.all([recorder.drain(), outbox.stop(NEWS_PATIENCE_MS)]);
      await parts.leases.stop();
      await foundation.close();
    },
  };
}

type Parts = ReturnType<typeof assemble>;

/** Makes the parts and connects them: calls go down by reference, news goes up over the buses. */
function assemble(foundation: Foundation & { wakeups: Wakeups }, basics: Measured) {
  const { config, clock, ids, log, metrics } = basics;
  const { database, keyRing } = foundation;
  const bus = <Event>(name: string): EventBus<Event> =>
    createEventBus((error) => log.error({ bus: name, err: error }, 'an event listener failed'));
  const deviceEvents = bus<DeviceEvent>('devices');
  const messageEvents = bus<MessageEvent>('messages');
  const outboxEvents = bus<OutboxEvent>('outbox');
  const feed = createEventFeed({ bus: bus<LiveEvent>('live'), capacity: REMEMBERED_EVENTS });
  const devices = createDeviceRepository({ database, clock, proxySealer: createProxySealer(keyRing) });
  const messages = createMessageRepository({ database, clock });
  const leases = createLeaseKeeper({ database, clock, ids, log, dataDir: config.dataDir });
  const manager = createDeviceHost({
    ...basics,
    foundation,
    leases,
    devices,
    bus: deviceEvents,
    findSentText: async ({ deviceId, waMessageId }) =>
      (await outbox.find(deviceId, waMessageId))?.text ?? null,
  });
  const outbox = createOutboxHost({
    ...basics,
    ...foundation,
    leases,
    manager,
    deviceEvents,
    outboxEvents,
  });
  const recorder = startMessageRecorder({
    devices: deviceEvents,
    messages,
    published: messageEvents,
    ids,
    clock,
    log,
  });
  bridgeDeviceEvents({ devices: deviceEvents, feed, ids, clock });
  bridgeMessageEvents({ messages: messageEvents, outbox: outboxEvents, feed, ids, clock });
  measureDevices(deviceEvents, metrics.instruments);
  measureFleet({ metrics, database, clock, log });
  const { defaultCountry } = config.whatsapp;
  const deviceService = createDeviceService({
    devices,
    manager,
    health: { viewsOf: async () => new Map(), settingsChanged() {} },
    clock,
    defaultCountry,
  });
  const messageService = createMessageService({
    devices,
    outbox,
    messages,
    ids,
    clock,
    defaultCountry,
  });
  return { devices, leases, manager, recorder, outbox, feed, deviceService, messageService };
}

function createServer(parts: Parts, { database, apiKeys }: Foundation, basics: Measured) {
  const { config, clock, ids, log, metrics } = basics;
  const { deviceService, messageService, feed } = parts;
  const routes = (api: ApiInstance) => {
    const prefix = DEVICES;
    api.register(deviceListRoutes, { prefix, deviceService });
    api.register(deviceRoutes, { prefix, deviceService });
    api.register(deviceConnectionRoutes, { prefix, deviceService });
    api.register(devicePairingRoutes, { prefix, deviceService });
    api.register(messageRoutes, { prefix, messageService });
    api.register(eventRoutes, { prefix, feed });
    api.register(deviceSocketRoutes, { prefix, deviceService, feed, log });
    api.register(apiKeyRoutes, { prefix: '/api/auth', apiKeys, clock });
    api.register(metricsRoutes, { metrics });
  };
  return createHttpServer({
    settings: { ...config.http, host: config.host, port: config.port, timezone: config.timezone },
    service: SERVICE,
    log,
    clock,
    ids,
    authenticate: apiKeys.authenticate,
    onKeyChanged: apiKeys.onChanged,
    health: deviceHealth({ deviceService, defaultDevice: config.whatsapp.defaultDevice }),
    checks: { database: () => database.ping() },
    onAnswered: (request) => countRequest(request, metrics.instruments),
    routes,
  });
}

/** Takes over session folders, then starts every device that was not stopped on purpose. */
async function restore(
  { devices, leases, manager }: Parts,
  foundation: Foundation,
  basics: Basics,
): Promise<void> {
  const { config, clock, log } = basics;
  const { database, keyRing } = foundation;
  try {
    await adoptSessionFolders({
      sessionsDir: config.sessionsDir,
      database,
      keyRing,
      leases,
      devices,
      clock,
      log,
    });
    await manager.restoreAll('wanted');
  } catch (error) {
    log.error({ err: error }, 'devices could not be restored');
  }
}
