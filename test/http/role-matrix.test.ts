import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, scopesOf, type UserRole } from '../../src/access/user.ts';
import { createApiServer } from '../../src/api-server.ts';
import { assemble } from '../../src/assembly.ts';
import { createConfig } from '../../src/config/config.ts';
import { openFoundation } from '../../src/foundation.ts';
import type { RouteEntry } from '../../src/http/route-table.ts';
import { createMetrics } from '../../src/metrics/metrics.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createWakeups } from '../../src/wakeups/create-wakeups.ts';
import { type Browser, person } from '../support/people.ts';

type Caller = UserRole | 'nobody';
const CALLERS: readonly Caller[] = [...ROLES, 'nobody'];

/** The whole server with all its routes, and somebody of each role signed in. */
async function startWhole() {
  const dataDir = mkdtempSync(join(tmpdir(), 'wafleet-matrix-'));
  const values = {
    DATA_DIR: dataDir,
    SESSIONS_DIR: join(dataDir, 'sessions'),
    DASHBOARD_PORT: '0',
    RATE_LIMIT_PER_MINUTE: '0',
  };
  const config = createConfig({ values, unknown: [], directory: dataDir });
  const [clock, random, log] = [systemClock, systemRandom, silentLogger];
  const ids = createIds({ clock, random });
  const basics = { config, clock, random, ids, log };
  const foundation = await openFoundation(basics);
  const wakeups = await createWakeups({ redisUrl: null, clock, ids, log });
  const ground = { ...basics, foundation, wakeups, metrics: createMetrics() };
  const server = await createApiServer(assemble(ground), ground);
  const url = await server.listen();
  const browsers = new Map<Caller, Browser>();
  for (const role of ROLES) {
    const user = await foundation.people.users.create(person({ email: `${role}@example.com`, role }));
    const { token, csrfToken } = await foundation.people.userSessions.begin(user);
    browsers.set(role, { cookie: `__Host-wafleet=${token}`, csrfToken });
  }
  return {
    url,
    routes: server.routeTable(),
    browsers,
    async stop() {
      await server.close();
      await wakeups.stop();
      await foundation.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

let whole: Awaited<ReturnType<typeof startWhole>>;
beforeAll(async () => {
  whole = await startWhole();
});
afterAll(() => whole.stop());

/** Whether the guard let the request through; what the route then made of it does not matter. */
async function isLetThrough({ method, path }: RouteEntry, caller: Caller): Promise<boolean> {
  const browser = whole.browsers.get(caller);
  const ending = new AbortController();
  const address = path.replace(/:\w+/g, 'nothing-there').replace('*', 'x');
  const response = await fetch(new URL(address, whole.url), {
    method,
    signal: ending.signal,
    headers: {
      origin: whole.url,
      ...(browser && { cookie: browser.cookie, 'x-csrf-token': browser.csrfToken }),
    },
  });
  const isRefusal = response.status === 401 || response.status === 403;
  // Faces for callers of other gateways tell failures in their own shape.
  const { error = {}, errorCode } = isRefusal ? JSON.parse(await response.text()) : {};
  const code = error.code ?? errorCode;
  // A stream would go on.
  ending.abort();
  return !['UNAUTHORIZED', 'FORBIDDEN', 'SESSION_EXPIRED', 'CSRF_REFUSED'].includes(code);
}

function isMeant({ scope }: RouteEntry, caller: Caller): boolean {
  if (scope === 'public') return true;
  if (caller === 'nobody') return false;
  return scope === 'signed-in' || caller === 'admin' || scopesOf(caller).includes(scope);
}

describe('every route of the server', () => {
  /** It ends the session the others need; what it does is seen elsewhere. */
  const isSafe = ({ path }: RouteEntry) => path !== '/api/auth/logout';

  it.each(CALLERS)('is open to %s exactly where the scope is theirs', async (caller) => {
    const routes = whole.routes.filter(isSafe);
    expect(routes.length).toBeGreaterThan(120);
    const wrong: string[] = [];
    for (const route of routes) {
      const isOpen = await isLetThrough(route, caller);
      if (isOpen !== isMeant(route, caller)) wrong.push(`${route.method} ${route.path}: ${isOpen}`);
    }
    expect(wrong).toEqual([]);
  });

  it('and the walk meets both answers for every caller', () => {
    const open = (caller: Caller) => whole.routes.filter((route) => isMeant(route, caller)).length;
    const counts = CALLERS.map(open);
    expect(counts[0]).toBe(whole.routes.length);
    expect(new Set(counts).size).toBe(CALLERS.length);
    expect([...counts].sort((a, b) => b - a)).toEqual(counts);
  });

  it('a route with a wrong scope would be found', async () => {
    const devices = whole.routes.find(({ path, method }) => path.endsWith('/devices') && method === 'POST');
    expect(devices?.scope).toBe('device:manage');
    if (devices)
      expect(await isLetThrough(devices, 'viewer')).not.toBe(
        isMeant({ ...devices, scope: 'device:read' }, 'viewer'),
      );
  });
});
