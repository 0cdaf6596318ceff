import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { dashboardRoutes } from '../../src/dashboard/dashboard-routes.ts';
import { startTestServer } from '../support/http.ts';

const SCRIPT = 'export const part = 1;\n'.repeat(50);

/** A server whose pages were built: one page, one script with a compressed copy. */
async function builtServer() {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>wafleet</title>');
  writeFileSync(join(folder, 'assets', 'index-AbC_1-2.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'index-AbC_1-2.js.gz'), gzipSync(SCRIPT));
  return startTestServer({ routes: (api) => void api.register(dashboardRoutes, { folder }) });
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wafleet-dashboard-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('the page is served without a key, and asked for anew every time', async () => {
  await using server = await builtServer();
  const page = await server.app.inject('/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toMatch(/^text\/html; charset=utf-8/i);
  expect(page.headers['cache-control']).toBe('no-cache');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self'");
  const again = await server.app.inject({
    url: '/',
    headers: { 'if-none-match': String(page.headers.etag) },
  });
  expect(again.statusCode).toBe(304);
  const head = await server.app.inject({ url: '/', method: 'HEAD' });
  expect({ status: head.statusCode, body: head.body }).toEqual({ status: 200, body: '' });
});

it('its parts never change under their names, and come compressed to who takes that', async () => {
  await using server = await builtServer();
  const plain = await server.app.inject('/assets/index-AbC_1-2.js');
  expect(plain.body).toBe(SCRIPT);
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const small = await server.app.inject({
    url: '/assets/index-AbC_1-2.js',
    headers: { 'accept-encoding': 'gzip' },
  });
  expect(small.headers['content-encoding']).toBe('gzip');
  expect(small.headers['content-type']).toMatch(/javascript/);
  expect(gunzipSync(small.rawPayload).toString()).toBe(SCRIPT);
});

it.each([
  ['/assets/gone-1234.js', 404],
  ['/assets/..%2Findex.html', 400],
  ['/assets/a%00.js', 400],
])('%s is no part of it', async (url, status) => {
  await using server = await builtServer();
  const answer = await server.app.inject(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.json().success).toBe(false);
});

it('a server whose pages were never built says so', async () => {
  const folder = emptyFolder();
  await using server = await startTestServer({
    routes: (api) => void api.register(dashboardRoutes, { folder }),
  });
  const answer = await server.app.inject('/');
  expect(answer.statusCode).toBe(503);
  expect(answer.json().error.details.reason).toContain('not built');
});
