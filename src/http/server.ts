import { type FastifyInstance, fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Unsubscribe } from '../shared/event-bus.ts';
import type { Ids } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Authenticate } from './access.ts';
import { type AuditedRequest, installAudit } from './audit.ts';
import { createMalformedHttpAnswer } from './client-error.ts';
import { docsRoutes } from './docs-routes.ts';
import { createErrorHandler } from './error-handler.ts';
import { installEventStreams } from './event-stream.ts';
import type { ApiInstance } from './fastify.ts';
import { claimForeignRoutes } from './foreign-routes.ts';
import { installGuard } from './guard.ts';
import { type HealthSource, healthRoutes, type ReadinessCheck } from './health-routes.ts';
import { installJsonBody } from './json-body.ts';
import {
  createLiveConnections,
  endWithRights,
  installWebSockets,
  type KeyHolder,
} from './live-connections.ts';
import { createNotFoundHandler } from './not-found.ts';
import { describeRoute, installOpenApi } from './openapi.ts';
import { installProtection } from './protection.ts';
import { type AnsweredRequest, logRequests, requestId } from './request-log.ts';
import { type RouteEntry, watchRoutes } from './route-table.ts';
import { installCookies, type Sessions } from './session-cookie.ts';
import { endSilentConnections } from './silent-connections.ts';
import { createTimestamp } from './timestamp.ts';

/** What the HTTP edge needs from the configuration. */
export interface HttpSettings {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** IANA name, for the timestamps of envelopes. */
  readonly timezone: string;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  /** 0 means no limit. */
  readonly rateLimitPerMinute: number;
}

export interface HttpServerDeps {
  settings: HttpSettings;
  service: { name: string; version: string };
  log: Logger;
  clock: Clock;
  ids: Ids;
  authenticate: Authenticate;
  /** Tells of keys that were revoked or changed, so that what they hold open ends. */
  onKeyChanged: (listener: (keyId: string) => void) => Unsubscribe;
  /** The ids of those of these keys that ended or may do something else by now, whoever changed them; without it nobody asks. */
  keysEnded?: (holders: readonly KeyHolder[]) => Promise<readonly string[]>;
  /** People who signed in; without it only keys are known. */
  sessions?: Sessions;
  health: HealthSource;
  /** What `/ready` waits for, by name. */
  checks: Readonly<Record<string, ReadinessCheck>>;
  /** Told of every request that was answered. */
  onAnswered?: (request: AnsweredRequest) => void;
  /** Told of every request that changed something, or tried to, once it was answered. */
  onAudited?: (request: AuditedRequest) => void;
  /** Mounts the feature plugins: `(api) => { api.register(deviceRoutes, { prefix, ...deps }); }`. */
  routes: (api: ApiInstance) => void;
}

export interface HttpServer {
  /** For tests (`app.inject`) and for nothing else. */
  readonly app: FastifyInstance;
  /** Resolves to the URL once requests are taken. */
  listen(): Promise<string>;
  /** Stops taking requests, ends streams and WebSockets, lets running requests finish. Idempotent. */
  close(): Promise<void>;
  routeTable(): RouteEntry[];
  openApi(): object;
}

/** How long a client may take to send its request, in ms: a file of 16 MB over a slow line. */
const REQUEST_TIMEOUT_MS = 120_000;
/** And the head of it. */
const HEAD_TIMEOUT_MS = 30_000;

/** Builds the server with every route registered; rejects when a route declares no scope. */
export async function createHttpServer(deps: HttpServerDeps): Promise<HttpServer> {
  const { settings, log, clock, ids, sessions = null } = deps;
  const timestamp = createTimestamp({ clock, timezone: settings.timezone });
  const app = fastify({
    genReqId: requestId(ids),
    requestIdHeader: false,
    bodyLimit: settings.bodyLimitBytes,
    trustProxy: settings.trustProxy.length === 0 ? false : [...settings.trustProxy],
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEAD_TIMEOUT_MS },
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => createErrorHandler(log)(error, request, reply),
    clientErrorHandler: createMalformedHttpAnswer({ ids, timestamp }),
  });
  const live = createLiveConnections();
  deps.onKeyChanged(live.endOf);
  app.decorate('timestamp', timestamp);
  logRequests(app, { log, onAnswered: deps.onAnswered ?? (() => {}) });
  installAudit(app, { record: deps.onAudited ?? (() => {}), clock });
  // Before whatever refuses requests: its hooks must have seen a refused upgrade, or the socket would stay open.
  await installWebSockets(app, { clock, live });
  refuseWhileClosing(app);
  endSilentConnections(app);
  await installProtection(app, { ...settings, clock });
  claimForeignRoutes(app, { log });
  const table = watchRoutes(app);
  await installCookies(app);
  await installGuard(app, {
    authenticate: deps.authenticate,
    sessions,
    perMinute: settings.rateLimitPerMinute,
  });
  endWithRights(app, { sessions, keysEnded: deps.keysEnded ?? (async () => []), live, clock, log });
  await installOpenApi(app, deps.service);
  installEventStreams(app, { clock, live });
  app.setErrorHandler(createErrorHandler(log));
  app.setNotFoundHandler(createNotFoundHandler(table));
  await app.register(docsRoutes);
  await app.register(async (instance) => mountApi(instance, deps));
  await app.ready();
  return {
    app,
    listen: () => app.listen({ host: settings.host, port: settings.port }),
    close: () => app.close(),
    routeTable: () => table.entries(),
    openApi: () => app.swagger(),
  };
}

/** Encapsulated, because the zod compilers cannot read the plain JSON Schema that plugins at the root bring. */
function mountApi(instance: FastifyInstance, deps: HttpServerDeps) {
  instance.setValidatorCompiler(validatorCompiler);
  instance.setSerializerCompiler(serializerCompiler);
  installJsonBody(instance);
  instance.addHook('onRoute', describeRoute);
  const api: ApiInstance = instance.withTypeProvider();
  api.register(healthRoutes, {
    source: deps.health,
    checks: deps.checks,
    service: { ...deps.service, port: deps.settings.port },
    clock: deps.clock,
    log: deps.log,
  });
  deps.routes(api);
}

/** Connections kept alive may still bring requests while we close; those go to another process, or come back. */
function refuseWhileClosing(app: FastifyInstance) {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async () => {
    if (closing) throw new AppError('OVERLOADED', { reason: 'The server is shutting down' });
  });
  // Answered while we close, a connection would be kept alive by its client and hold up the close for a minute.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}
