import { createAccess, type Grant } from '../../src/http/access.ts';
import type { HealthSource } from '../../src/http/health-routes.ts';
import { createHttpServer, type HttpServerDeps, type HttpSettings } from '../../src/http/server.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createIds } from '../../src/shared/ids.ts';
import { type Logger, silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';

const TEST_SETTINGS: HttpSettings = {
  host: '127.0.0.1',
  port: 0,
  timezone: 'Asia/Jakarta',
  trustProxy: [],
  corsOrigins: [],
  bodyLimitBytes: 64 * 1024,
  rateLimitPerMinute: 0,
};

export const QUIET_HEALTH: HealthSource = {
  connection: async () => null,
  devicesByStatus: async () => ({}),
  recipients: async () => 0,
};

interface TestServerOptions extends Partial<Omit<HttpServerDeps, 'settings'>> {
  settings?: Partial<HttpSettings>;
  /** The keys that are known, by what the caller presents. `admin-key` is always one. */
  keys?: Record<string, Partial<Grant>>;
}

/** The real server around fakes, for `app.inject`; closes itself with `await using`. */
export async function startTestServer({ settings, keys = {}, ...deps }: TestServerOptions = {}) {
  const known: Record<string, Partial<Grant>> = { 'admin-key': { scopes: ['admin'] }, ...keys };
  const server = await createHttpServer({
    settings: { ...TEST_SETTINGS, ...settings },
    service: { name: 'wafleet', version: '0.0.0' },
    log: silentLogger,
    clock: systemClock,
    ids: createIds({ clock: systemClock, random: systemRandom }),
    authenticate: async (presented, beforeLookUp) => {
      const grant = known[presented];
      if (!grant) {
        await beforeLookUp();
        throw new AppError('API_KEY_INVALID');
      }
      return createAccess({ keyId: presented, name: presented, scopes: [], deviceIds: null, ...grant });
    },
    onKeyChanged: () => () => {},
    health: QUIET_HEALTH,
    checks: {},
    routes: () => {},
    ...deps,
  });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

/** The headers of a caller with this key. */
export const withKey = (key: string) => ({ authorization: `Bearer ${key}` });

/** Keeps what was logged, as the objects that were given. */
export function createLogRecorder() {
  const lines: { level: string; data: object; message: string }[] = [];
  const at = (level: string) => (data: object, message: string) => {
    lines.push({ level, data, message });
  };
  const log: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { log, lines };
}
