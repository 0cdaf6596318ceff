import { expect, it } from 'vitest';
import { startTestServer } from '../support/http.ts';
import { sampleRoutes } from '../support/sample-routes.ts';

it('the page and all it loads come from this server', async () => {
  await using server = await startTestServer();
  const page = (await server.app.inject('/docs')).body;
  const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(addresses.length).toBeGreaterThan(3);
  for (const address of addresses) {
    expect(address).toMatch(/^\/docs\//);
    const asset = await server.app.inject(address);
    expect(asset.statusCode).toBe(200);
    expect(asset.rawPayload.length).toBeGreaterThan(100);
  }
});

it('the start script asks no validator and loads our document', async () => {
  await using server = await startTestServer();
  const script = (await server.app.inject('/docs/start.js')).body;
  expect(script).toContain('validatorUrl: null');
  expect(script).not.toContain('://');
});

it('the document is OpenAPI 3.1 and says scope and failures of each route', async () => {
  await using server = await startTestServer({ routes: sampleRoutes });
  const document = (await server.app.inject('/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths)).not.toContain('/docs');
  const { get } = document.paths['/devices/{deviceId}'];
  expect(get.security).toEqual([{ bearer: [] }, { apiKey: [] }, { session: [] }]);
  expect(get.description).toContain('`device:read`');
  expect(get.responses['4XX'].content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Failure',
  });
  expect(document.paths['/health'].get.security).toEqual([]);
});

it('every named schema of the document is used', async () => {
  await using server = await startTestServer({ routes: sampleRoutes });
  const document = (await server.app.inject('/openapi.json')).json();
  const text = JSON.stringify(document);
  for (const name of Object.keys(document.components.schemas)) expect(text).toContain(`schemas/${name}"`);
});
