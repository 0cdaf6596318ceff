import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import type { RoutePlugin } from '../http/fastify.ts';
import { AppError } from '../shared/errors.ts';

/** Where `.ci/build-dashboard.mjs` puts the pages. */
export const DASHBOARD_FOLDER = fileURLToPath(new URL('../../dist/dashboard', import.meta.url));

interface DashboardOptions {
  /** An absolute path. */
  folder: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The one page at `/` and its parts. All are public: what they show they ask the API for, as the person who signed in. */
export const dashboardRoutes: RoutePlugin<DashboardOptions> = async (app, { folder }) => {
  await app.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    suppressWarning: true,
  });

  const has = (name: string) => existsSync(path.join(folder, name));

  app.get('/', open, async (_request, reply) => {
    if (!has('index.html')) {
      throw new AppError('NOT_READY', { reason: 'The pages are not built; `npm start` builds them' });
    }
    // The page names the parts of its build; one that is kept would ask for parts that are gone.
    reply.header('cache-control', 'no-cache');
    return reply.sendFile('index.html', { cacheControl: false });
  });

  app.get('/favicon.svg', open, async (_request, reply) => {
    if (!has('favicon.svg')) throw new AppError('ROUTE_NOT_FOUND');
    return reply.sendFile('favicon.svg', { maxAge: DAY_MS });
  });

  app.get('/assets/:file', onePart, async (request, reply) => {
    const name = `assets/${request.params.file}`;
    if (!has(name)) throw new AppError('ROUTE_NOT_FOUND');
    return reply.sendFile(name, { immutable: true, maxAge: 365 * DAY_MS });
  });
};

const open = { config: { scope: 'public' }, schema: { hide: true } } as const;

const onePart = {
  config: { scope: 'public' },
  schema: { hide: true, params: z.object({ file: z.string().regex(/^[\w-]{1,80}(\.[\w-]{1,40}){1,3}$/) }) },
} as const;
