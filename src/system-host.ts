import type { Ground, Parts } from './assembly.ts';
import type { ApiInstance } from './http/fastify.ts';
import type { ReadinessCheck } from './http/health-routes.ts';
import { watchLoopLag } from './http/loop-lag.ts';
import { readFigures } from './metrics/figures.ts';
import { keptForAWhile } from './metrics/kept-for-a-while.ts';
import { SERVICE } from './service.ts';
import { systemRoutes } from './system/system-routes.ts';
import { createSystemService } from './system/system-service.ts';

interface SystemHostDeps extends Ground {
  readonly prefix: string;
  readonly parts: Parts;
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
}

/** How the installation is, gathered from the parts that know. */
export function mountSystem(api: ApiInstance, deps: SystemHostDeps): void {
  const { prefix, parts, checks, config, clock, log, metrics, foundation } = deps;
  const { files, eventHost, whatsAppVersion, deviceService } = parts;
  const lag = watchLoopLag(clock);
  api.addHook('onClose', async () => lag.stop());
  const system = createSystemService({
    about: {
      version: SERVICE.version,
      sandbox: config.sandbox !== null,
      node: process.version,
      role: config.role,
      mode: {
        database: foundation.database.dialect,
        wakeups: config.redisUrl === null ? 'in-process' : 'redis',
      },
      configurationWarnings: config.warnings,
      mediaQuotaBytes: config.media.quotaBytes,
    },
    checks,
    devices: deviceService,
    figures: () => readFigures(metrics),
    stored: keptForAWhile({
      clock,
      load: async () => ({ lastEvent: await eventHost.eventLog.last(), mediaBytes: await files.usedBytes() }),
      onFailure: (error) => log.debug({ err: error }, 'what is stored could not be counted'),
    }),
    whatsAppVersion: async () => (whatsAppVersion ? (await whatsAppVersion()).join('.') : null),
    memory: () => process.memoryUsage(),
    lag,
    clock,
    log,
  });
  api.register(systemRoutes, { prefix, system });
}
