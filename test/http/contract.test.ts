import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADDITIONS, CONTRACT, NOT_YET } from './contract-routes.ts';

const DOCS = new URL('../../docs/', import.meta.url);
/** docs/openapi.json is compared with the running server by a test of the house. */
const { paths }: { paths: Record<string, Record<string, { 'x-scope'?: string }>> } = JSON.parse(
  readFileSync(new URL('openapi.json', DOCS), 'utf8'),
);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { 'x-scope': scope }]) => ({
    route: shapeOf(`${method.toUpperCase()} ${path}`),
    scope,
  })),
);
const served = new Map(operations.map(({ route, scope }) => [route, scope]));
const promised = Object.values(CONTRACT).flat().map(shapeOf);
const notYet = Object.values(NOT_YET).flat().map(shapeOf);
const added = Object.keys(ADDITIONS).map(shapeOf);

/** What a parameter is called does not matter to callers. */
function shapeOf(route: string): string {
  return route.replace(/\{\w+\}|:\w+/g, '{}');
}

describe('the HTTP contract', () => {
  it.each(Object.keys(CONTRACT))('is kept: %s, each route with its scope', (section) => {
    const routes = (CONTRACT[section] ?? []).map(shapeOf);
    expect(routes.length).toBeGreaterThan(0);
    expect(routes.filter((route) => !served.get(route))).toEqual([]);
  });

  it('has every route of the server in it, or beside it with a reason', () => {
    const known = new Set([...promised, ...added]);
    expect([...served.keys()].filter((route) => !known.has(route))).toEqual([]);
    expect(added.filter((route) => !served.has(route))).toEqual([]);
    expect(Object.values(ADDITIONS).filter((reason) => reason === '')).toEqual([]);
  });

  it('says of what is missing that it is', () => {
    expect(notYet.filter((route) => served.has(route))).toEqual([]);
  });

  it('has each route once', () => {
    const all = [...promised, ...notYet, ...added];
    expect(all.filter((route, index) => all.indexOf(route) !== index)).toEqual([]);
  });
});

/** `POST …/connect` in prose stands for any route that ends so. */
function isServed(named: string): boolean {
  const [method, address = ''] = shapeOf(named).split(' ');
  const [path = ''] = address.replace('…', '').split('?');
  return operations.some(({ route }) => route.startsWith(`${method} `) && route.endsWith(path));
}

/** `POST …/connect` and the like, between backticks. */
function routesNamedIn(text: string): string[] {
  return [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) [/…][^`\s]*)`/g)].map(([, route = '']) => route);
}

describe('documents', () => {
  const names = readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  );
  // The simulator has an API of its own.
  it.each(names.filter((name) => !name.includes('simulator')))('%s names only routes that exist', (name) => {
    const named = routesNamedIn(readFileSync(new URL(name, DOCS), 'utf8'));
    expect(named.filter((route) => !isServed(route))).toEqual([]);
  });

  it('would be caught naming another', () => {
    const text = 'First `POST /devices/:deviceId/connect`, then `GET …/nothing?x=1` and `PUT …/connect`.';
    expect(routesNamedIn(text).filter((route) => !isServed(route))).toEqual([
      'GET …/nothing?x=1',
      'PUT …/connect',
    ]);
  });
});
