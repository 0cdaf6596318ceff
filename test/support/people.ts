import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserOrder } from '../../src/access/user-service.ts';
import { type AccessHost, createAccessHost, mountAccess } from '../../src/access-host.ts';
import { createConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import type { ApiInstance } from '../../src/http/fastify.ts';
import type { HttpServerDeps } from '../../src/http/server.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { startTestServer } from './http.ts';

/** Strong enough for the rules. */
export const PASSWORD = 'tulip glacier orbit';

export const person = (fields: Partial<UserOrder> = {}): UserOrder => ({
  name: 'Ana',
  email: 'ana@example.com',
  role: 'admin',
  password: PASSWORD,
  deviceIds: null,
  locale: null,
  ...fields,
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a browser knows after signing in. */
export interface Browser {
  readonly cookie: string;
  readonly csrfToken: string;
}

/** The headers our own pages send. */
export function fromPage({ cookie, csrfToken }: Browser): Record<string, string> {
  return { cookie, 'x-csrf-token': csrfToken, origin: 'http://localhost:80' };
}

interface Answered {
  readonly headers: { readonly 'set-cookie'?: string | string[] | undefined };
}

/** `name=value` of the cookie an answer sets; null when it sets none. */
export function cookieOf({ headers }: Answered): string | null {
  const header = [headers['set-cookie'] ?? []].flat()[0];
  return header?.split(';')[0] ?? null;
}

interface StageOptions extends Partial<Omit<HttpServerDeps, 'settings' | 'routes'>> {
  readonly environment?: Record<string, string>;
  /** What is mounted beside signing in. */
  readonly routes?: (api: ApiInstance, host: AccessHost) => void;
}

/** The real server with real people on SQLite and a clock the test moves. */
export async function startPeople({ environment = {}, routes = () => {}, ...deps }: StageOptions = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-people-'));
  const config = createConfig({
    values: { DATA_DIR: dataDir, ...environment },
    unknown: [],
    directory: dataDir,
  });
  const database = await openDatabase({ url: config.databaseUrl, log: silentLogger, clock: systemClock });
  await migrate(database, { log: silentLogger });
  const clock = createManualClock(new Date());
  const random = systemRandom;
  const ids = createIds({ clock, random });
  const host = createAccessHost({ config, database, clock, ids, random, log: silentLogger });
  const server = await startTestServer({
    clock,
    sessions: host.sessions,
    onAudited: host.auditLog.record,
    settings: config.http,
    ...deps,
    routes(api) {
      mountAccess(api, host, { prefix: '/api/auth', isSandbox: false });
      routes(api, host);
    },
  });
  const call = (method: Method, path: string, body?: object, headers: Record<string, string> = {}) =>
    server.app.inject({ method, url: `/api/auth${path}`, headers, ...(body && { body }) });
  const signIn = async (who: { email?: string; password?: string } = {}): Promise<Browser> => {
    const response = await call('POST', '/login', { email: 'ana@example.com', password: PASSWORD, ...who });
    const cookie = cookieOf(response);
    if (cookie === null) throw new Error(`nobody was signed in: ${response.body}`);
    return { cookie, csrfToken: response.json().data.csrfToken };
  };
  return {
    ...server,
    host,
    database,
    clock,
    config,
    call,
    signIn,
    async [Symbol.asyncDispose]() {
      await server.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
