import type { DeviceService } from '../devices/device-service.ts';
import type { Access } from '../http/access.ts';
import type { ReadinessCheck } from '../http/health-routes.ts';
import type { LoopLag } from '../http/loop-lag.ts';
import type { Figures } from '../metrics/figures.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { CheckView, SystemDetails, SystemView } from './system.ts';
import { type WarnedDevice, warningsOf } from './system-warnings.ts';

export interface SystemDeps {
  /** What does not change while the process runs. */
  readonly about: Pick<SystemView, 'version' | 'sandbox'> &
    Pick<SystemDetails, 'node' | 'role' | 'mode' | 'configurationWarnings'> & { mediaQuotaBytes: number };
  /** By name, as `/ready` asks them. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  readonly devices: Pick<DeviceService, 'list'>;
  figures(): Promise<Figures>;
  /** The number of the newest event, and the bytes of files that are to be sent. */
  stored(): Promise<{ readonly lastEvent: number; readonly mediaBytes: number } | null>;
  whatsAppVersion(): Promise<string | null>;
  memory(): { readonly rss: number; readonly heapUsed: number };
  readonly lag: Pick<LoopLag, 'worstMs'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export type SystemService = ReturnType<typeof createSystemService>;

const UNKNOWN: Figures = { outbox: null, jobs: null, webhooks: null };
const LONGEST_REASON = 300;

/** How this process and the installation are. It answers also while the database is away, with what is known then. */
export function createSystemService(deps: SystemDeps) {
  const { about, checks, clock, log } = deps;
  const startedAt = clock.monotonic();

  /** Null when it could not be had. */
  const orNull = async <Value>(part: string, value: Promise<Value>): Promise<Value | null> => {
    try {
      return await value;
    } catch (error) {
      log.warn({ part, err: error }, 'a part of the state of the system is not known');
      return null;
    }
  };

  const look = (names: 'with reasons' | 'without reasons'): Promise<CheckView[]> =>
    Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await check();
          return { name, ok: true, why: null };
        } catch (error) {
          return { name, ok: false, why: names === 'with reasons' ? reasonOf(error) : null };
        }
      }),
    );

  const detailsOf = async (webhooks: Figures['webhooks']): Promise<SystemDetails> => {
    const [stored, whatsAppVersion] = await Promise.all([
      orNull('stored', deps.stored()),
      orNull('whatsAppVersion', deps.whatsAppVersion()),
    ]);
    const { rss, heapUsed } = deps.memory();
    const { node, role, mode, configurationWarnings, mediaQuotaBytes } = about;
    return {
      node,
      role,
      mode,
      whatsAppVersion,
      webhooks,
      events: { last: stored?.lastEvent ?? null },
      media: { usedBytes: stored?.mediaBytes ?? null, quotaBytes: mediaQuotaBytes },
      process: { rssBytes: rss, heapUsedBytes: heapUsed, loopLagMs: deps.lag.worstMs() },
      configurationWarnings,
    };
  };

  return {
    /** As far as the caller may know. */
    async view({
      may,
      mayUse,
      deviceIds,
    }: Pick<Access, 'may' | 'mayUse' | 'deviceIds'>): Promise<SystemView> {
      const isAdmin = may('admin');
      const [seen, devices, figures] = await Promise.all([
        look(isAdmin ? 'with reasons' : 'without reasons'),
        orNull('devices', deps.devices.list({ mayUse })),
        orNull('figures', deps.figures()),
      ]);
      const { outbox, jobs, webhooks } = figures ?? UNKNOWN;
      return {
        version: about.version,
        uptime: Math.floor((clock.monotonic() - startedAt) / 1000),
        sandbox: about.sandbox,
        checks: seen,
        devices: devices && { total: devices.items.length, byStatus: devices.counts },
        outbox: deviceIds === null ? outbox : null,
        jobs: deviceIds === null ? jobs : null,
        warnings: warningsOf(devices?.items ?? NOBODY),
        details: isAdmin ? await detailsOf(webhooks) : null,
      };
    },
  };
}

const NOBODY: readonly WarnedDevice[] = [];

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'unknown').slice(0, LONGEST_REASON);
}
