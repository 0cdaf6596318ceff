import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** docs/openapi.json is compared with the running server by a test of the house. */
const document: { paths: Record<string, Record<string, { 'x-scope'?: string; tags?: string[] }>> } =
  JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, { 'x-scope': scope, tags }]) => ({
    route: `${address} ${method.toUpperCase()}`,
    scope,
    tags,
  })),
);

/** One line for each route, for the eyes of a reviewer; `vitest -u` writes it after a change that is meant. */
it('the table of routes, each with the scope it asks for', async () => {
  const lines = operations.map(({ route, scope }) => `${route} ${scope}`).sort();
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('routes.golden.txt');
});

it('only health, readiness and the door itself are public', () => {
  const open = operations.filter(({ scope }) => scope === 'public').map(({ route }) => route);
  expect(open.sort()).toEqual([
    '/api/auth/login POST',
    '/api/auth/logout POST',
    '/api/auth/session GET',
    '/api/auth/setup POST',
    '/health GET',
    '/ready GET',
  ]);
});

it('every route stands under a heading of the documentation', () => {
  expect(operations.filter(({ tags = [] }) => tags.length !== 1)).toEqual([]);
});
