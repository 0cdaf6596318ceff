import type { FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Access } from './access.ts';
import { ok } from './envelope.ts';
import type { RoutePlugin } from './fastify.ts';
import { type Health, HealthAnswer, Readiness } from './health-schemas.ts';
import { envelope } from './schemas.ts';

/** The device that single-device monitors ask about: the default one, or the only one. */
export interface ConnectionHealth {
  readonly deviceId: string;
  readonly status: string;
  readonly hasSession: boolean;
  readonly connected: boolean;
  readonly phone: string | null;
}

/** What the features tell about themselves. Each answer must be quick; a rejection shows as `degraded`. */
export interface HealthSource {
  connection(): Promise<ConnectionHealth | null>;
  devicesByStatus(): Promise<Readonly<Record<string, number>>>;
  recipients(): Promise<number>;
}

/** Resolves when this part can do its work, rejects when it cannot (yet). */
export type ReadinessCheck = () => Promise<void>;

interface HealthDeps {
  source: HealthSource;
  /** By name, as `/ready` shows them: `database`, `migrations`, `wakeups`. */
  checks: Readonly<Record<string, ReadinessCheck>>;
  service: { name: string; version: string; port: number };
  clock: Clock;
  log: Logger;
}

const MEGABYTE = 1024 * 1024;

/** `/health` says that the process lives, `/ready` that it can serve. Neither needs a key. */
export const healthRoutes: RoutePlugin<HealthDeps> = async (app, { source, checks, service, clock, log }) => {
  const startedAt = clock.monotonic();

  app.get(
    '/health',
    {
      config: { scope: 'public', essential: true },
      schema: { operationId: 'health', tags: ['Health'], response: { 200: HealthAnswer } },
    },
    async (request) => {
      const health = await takeHealth(request);
      return { ...health, ...ok(request, health, 'Alive') };
    },
  );

  app.get(
    '/ready',
    {
      config: { scope: 'public', essential: true },
      schema: { operationId: 'ready', tags: ['Health'], response: { 200: envelope(Readiness) } },
    },
    async (request) => {
      const entries = Object.entries(checks);
      const results = await Promise.allSettled(entries.map(async ([, check]) => check()));
      const failed = entries.flatMap(([name], index) =>
        results[index]?.status === 'rejected' ? [name] : [],
      );
      if (failed.length > 0) throw new AppError('NOT_READY', { waitingFor: failed });
      const passed = Object.fromEntries(entries.map(([name]) => [name, 'ok' as const]));
      return ok(request, { ready: true as const, checks: passed }, 'Ready');
    },
  );

  async function takeHealth({ access, socket }: FastifyRequest): Promise<Health> {
    const [connection, byStatus, recipients] = await Promise.allSettled([
      source.connection(),
      source.devicesByStatus(),
      source.recipients(),
    ]);
    const failed = [connection, byStatus, recipients].filter((result) => result.status === 'rejected');
    for (const { reason } of failed) log.warn({ err: reason }, 'health is incomplete');
    const counts = valueOr(byStatus, {});
    const { heapUsed, heapTotal } = process.memoryUsage();
    return {
      status: failed.length > 0 ? 'degraded' : 'ok',
      service: service.name,
      version: service.version,
      // The configured port may be 0, which lets the system choose.
      port: socket.localPort ?? service.port,
      uptime: Math.floor((clock.monotonic() - startedAt) / 1000),
      connection: connectionFor(access, valueOr(connection, null)),
      devices: { total: Object.values(counts).reduce((sum, count) => sum + count, 0), byStatus: counts },
      recipients: valueOr(recipients, 0),
      memory: {
        used: Math.round(heapUsed / MEGABYTE),
        total: Math.round(heapTotal / MEGABYTE),
        unit: 'MB',
      },
    };
  }
};

function valueOr<Value>(result: PromiseSettledResult<Value>, fallback: Value): Value {
  return result.status === 'fulfilled' ? result.value : fallback;
}

/** A phone number is a person's: shown only to a key that may read this device. */
function connectionFor(access: Access, connection: ConnectionHealth | null): Health['connection'] {
  if (!connection) return { status: 'disconnected', hasSession: false, connected: false };
  const { deviceId, status, hasSession, connected, phone } = connection;
  const seen = { status, hasSession, connected };
  return access.may('device:read') && access.mayUse(deviceId) ? { ...seen, phone } : seen;
}
