import { apiKeyRoutes } from './access/api-key-routes.ts';
import type { Ground, Parts } from './assembly.ts';
import { checkMigrated } from './database/migrate.ts';
import { deviceConnectionRoutes } from './devices/device-connection-routes.ts';
import { deviceHealth } from './devices/device-health.ts';
import { deviceListRoutes } from './devices/device-list-routes.ts';
import { devicePairingRoutes } from './devices/device-pairing-routes.ts';
import { deviceRoutes } from './devices/device-routes.ts';
import { deviceSocketRoutes } from './events/device-socket-routes.ts';
import { eventRoutes } from './events/event-routes.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { ReadinessCheck } from './http/health-routes.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { countRequest } from './metrics/http-metrics.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { dutiesOf } from './roles.ts';
import { scheduleRoutes } from './schedules/schedule-routes.ts';
import { mountSending } from './sending-host.ts';
import { SERVICE } from './service.ts';

const DEVICES = '/api/whatsapp-multi-device';

/** The HTTP server with the routes the role has: all of them, or only what an operator asks any process for. */
export async function createApiServer(parts: Parts, ground: Ground): Promise<HttpServer> {
  const { config, clock, ids, log, metrics } = ground;
  const { apiKeys } = ground.foundation;
  const mountBoard = await queueBoard(parts, ground);
  return createHttpServer({
    settings: { ...config.http, host: config.host, port: config.port, timezone: config.timezone },
    service: SERVICE,
    log,
    clock,
    ids,
    authenticate: apiKeys.authenticate,
    onKeyChanged: apiKeys.onChanged,
    health: deviceHealth({
      deviceService: parts.deviceService,
      defaultDevice: config.whatsapp.defaultDevice,
    }),
    checks: readinessChecks(ground),
    onAnswered: (request) => countRequest(request, metrics.instruments),
    routes(api) {
      api.register(metricsRoutes, { metrics });
      mountBoard(api);
      if (dutiesOf(config.role).api) mountApi(api, parts, ground);
    },
  });
}

function mountApi(api: ApiInstance, parts: Parts, { clock, log, foundation }: Ground): void {
  const { deviceService, messageService, sending, scheduling, feed } = parts;
  const prefix = DEVICES;
  api.register(deviceListRoutes, { prefix, deviceService });
  api.register(deviceRoutes, { prefix, deviceService });
  api.register(deviceConnectionRoutes, { prefix, deviceService });
  api.register(devicePairingRoutes, { prefix, deviceService });
  api.register(messageRoutes, { prefix, messageService });
  mountSending(api, { prefix, sending, messageService });
  api.register(scheduleRoutes, { prefix, ...scheduling, idempotency: sending.idempotency });
  api.register(eventRoutes, { prefix, feed });
  api.register(deviceSocketRoutes, { prefix, deviceService, feed, log });
  api.register(apiKeyRoutes, { prefix: '/api/auth', apiKeys: foundation.apiKeys, clock });
}

/** The board looks at queues in Redis; without Redis there are none, and nothing of it is loaded. */
async function queueBoard({ topics }: Parts, { config }: Ground): Promise<(api: ApiInstance) => void> {
  const { redisUrl } = config;
  if (redisUrl === null) return () => {};
  const { createQueueBoard } = await import('./wakeups/queue-board.ts');
  const { queueBoardRoutes } = await import('./wakeups/queue-board-routes.ts');
  const board = createQueueBoard({ redisUrl, topics });
  return (api) => void api.register(queueBoardRoutes, { board });
}

/** By name, in the order of an operator's questions. */
function readinessChecks({ foundation, wakeups }: Ground): Record<string, ReadinessCheck> {
  const { database } = foundation;
  return {
    database: () => database.ping(),
    migrations: () => checkMigrated(database),
    async wakeups() {
      if (!wakeups.healthy()) throw new Error('wake-ups do not run, or Redis does not answer');
    },
  };
}
