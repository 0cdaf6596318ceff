import type { FastifyInstance, RouteOptions } from 'fastify';
import type { RouteScope } from './scopes.ts';

export interface RouteEntry {
  readonly method: string;
  readonly path: string;
  readonly scope: RouteScope;
}

/** The routes of this server, each with the scope it asks for. */
export interface RouteTable {
  /** Sorted by path, then method; HEAD twins are left out. */
  entries(): RouteEntry[];
  /** The methods some route takes at this address (without its query); empty when there is no such route. */
  methodsAt(address: string): string[];
}

/** Watches routes as they are registered; must be called before any. A route without a scope fails the boot. */
export function watchRoutes(app: FastifyInstance): RouteTable {
  const entries: (RouteEntry & { pattern: RegExp })[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of methodsOf(route)) {
      const scope = route.config?.scope;
      if (!scope) throw new Error(`route ${method} ${route.url} declares no scope in its config`);
      if (method === 'HEAD') continue;
      entries.push({ method, path: route.url, scope, pattern: patternOf(route.url) });
    }
  });
  return {
    entries: () =>
      entries
        .map(({ method, path, scope }) => ({ method, path, scope }))
        .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method)),
    methodsAt(address) {
      const methods = new Set<string>();
      for (const { method, pattern } of entries) if (pattern.test(address)) methods.add(method);
      if (methods.has('GET')) methods.add('HEAD');
      return [...methods].sort();
    },
  };
}

function methodsOf(route: RouteOptions): string[] {
  return Array.isArray(route.method) ? route.method : [route.method];
}

/** `/devices/:deviceId/ws` and `/static/*` as regular expressions; used only where no route matched. */
function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    if (part === '*') return '.*';
    return part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}/?$`);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
