import { apiKeyRoutes } from './access/api-key-routes.ts';
import { mountAccess } from './access-host.ts';
import { mountAlerts } from './alert-host.ts';
import { allowedNumberRoutes } from './allowed-numbers/allowed-number-routes.ts';
import type { Ground, Parts } from './assembly.ts';
import { chatHistoryRoutes } from './chat-store/chat-history-routes.ts';
import { chatbotRoutes } from './chatbot/chatbot-routes.ts';
import { mountCompat } from './compat-host.ts';
import { contactRoutes } from './contacts/contact-routes.ts';
import { DASHBOARD_FOLDER, dashboardRoutes } from './dashboard/dashboard-routes.ts';
import { checkMigrated } from './database/migrate.ts';
import { deviceConnectionRoutes } from './devices/device-connection-routes.ts';
import { deviceHealth } from './devices/device-health.ts';
import { deviceListRoutes } from './devices/device-list-routes.ts';
import { devicePairingRoutes } from './devices/device-pairing-routes.ts';
import { deviceRoutes } from './devices/device-routes.ts';
import { sessionBackupRoutes } from './devices/session-backup-routes.ts';
import { mountEvents } from './event-host.ts';
import { groupRoutes } from './groups/group-routes.ts';
import { participantRoutes } from './groups/participant-routes.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { ReadinessCheck } from './http/health-routes.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { receivedMediaRoutes } from './media/received-media-routes.ts';
import { messageRoutes } from './messages/message-routes.ts';
import { countRequest } from './metrics/http-metrics.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { mountOtp } from './otp-host.ts';
import { mountRecipients } from './recipient-host.ts';
import { createReportHost, mountReports } from './report-host.ts';
import { dutiesOf } from './roles.ts';
import { mountSandbox } from './sandbox-host.ts';
import { scheduleRoutes } from './schedules/schedule-routes.ts';
import { mountSending } from './sending-host.ts';
import { SERVICE } from './service.ts';
import { mountSystem } from './system-host.ts';
import { mountSystemMessages } from './system-message-host.ts';
import { mountWebhooks } from './webhook-host.ts';

const DEVICES = '/api/whatsapp-multi-device';
const REPORTING = '/api/whatsapp';

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
    keysEnded: apiKeys.endedOf,
    sessions: ground.foundation.people.sessions,
    health: deviceHealth({
      deviceService: parts.deviceService,
      defaultDevice: config.whatsapp.defaultDevice,
      recipients: parts.people.recipients.count,
    }),
    checks: readinessChecks(ground),
    onAudited: ground.foundation.people.auditLog.record,
    onAnswered: (request) => countRequest(request, metrics.instruments),
    routes(api) {
      api.register(metricsRoutes, { metrics });
      mountBoard(api);
      if (dutiesOf(config.role).api) mountApi(api, parts, ground);
    },
  });
}

function mountApi(api: ApiInstance, parts: Parts, ground: Ground): void {
  const { config, clock, foundation } = ground;
  const { deviceService, messageService, sending, scheduling } = parts;
  const prefix = DEVICES;
  api.register(dashboardRoutes, { folder: DASHBOARD_FOLDER });
  api.register(deviceListRoutes, { prefix, deviceService });
  api.register(deviceRoutes, { prefix, deviceService });
  api.register(deviceConnectionRoutes, { prefix, deviceService });
  api.register(devicePairingRoutes, { prefix, deviceService });
  api.register(sessionBackupRoutes, { prefix, deviceService, sessionBackups: parts.sessionBackups });
  api.register(messageRoutes, { prefix, messageService, pollVotes: parts.history.pollVotes });
  api.register(receivedMediaRoutes, { prefix, ...parts.received });
  api.register(chatHistoryRoutes, { prefix, ...parts.chats, defaultCountry: config.whatsapp.defaultCountry });
  api.register(contactRoutes, { prefix, contactService: parts.contactService });
  api.register(groupRoutes, { prefix, groupService: parts.groupService });
  api.register(participantRoutes, { prefix, groupService: parts.groupService });
  mountSending(api, { prefix, sending, messageService, people: parts.people });
  api.register(scheduleRoutes, { prefix, ...sending, ...scheduling });
  mountEvents(api, { prefix, ...ground, ...parts.eventHost, deviceService });
  api.register(allowedNumberRoutes, { prefix: REPORTING, ...parts.history });
  api.register(chatbotRoutes, { prefix: REPORTING, ...parts.answering });
  mountWebhooks(api, { prefix, ...parts.posting });
  mountRecipients(api, { prefix: REPORTING, ...parts.people });
  mountReports(api, {
    prefix: REPORTING,
    ...createReportHost({
      ...ground,
      ...ground.foundation,
      deviceService,
      groupLinks: parts.groupService.links,
      keepsOf: parts.history.keepsOf,
    }),
  });
  const { idempotency } = sending;
  const systemMessages = mountSystemMessages(api, { prefix, ...parts, ...ground, idempotency });
  mountOtp(api, { prefix, ...ground, systemMessages });
  mountAlerts(api, { prefix, alerting: parts.alerting, idempotency, maxBytes: config.media.maxBytes });
  mountSystem(api, { ...ground, prefix, parts, checks: readinessChecks(ground) });
  mountSandbox(api, { ...ground, deviceService });
  mountCompat(api, {
    ...parts,
    clock,
    defaultDevice: config.whatsapp.defaultDevice,
    countRecipients: parts.people.recipients.count,
  });
  mountAccess(api, foundation.people, { prefix: '/api/auth', isSandbox: Boolean(ground.simulator) });
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
