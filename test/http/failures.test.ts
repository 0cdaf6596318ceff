import { describe, expect, it } from 'vitest';
import { shedLoad } from '../../src/http/protection.ts';
import { AppError, type ErrorCode, FencedError } from '../../src/shared/errors.ts';
import { createLogRecorder, startTestServer, withKey } from '../support/http.ts';
import { sampleRoutes } from '../support/sample-routes.ts';

const headers = withKey('admin-key');
const json = { ...headers, 'content-type': 'application/json' };

describe('every failure comes in the envelope, with a code of the catalogue', () => {
  const cases: [string, object, number, ErrorCode][] = [
    ['an unknown route', { url: '/nothing/here' }, 404, 'ROUTE_NOT_FOUND'],
    ['a wrong method', { method: 'DELETE', url: '/devices', headers }, 405, 'METHOD_NOT_ALLOWED'],
    [
      'a malformed body',
      { method: 'POST', url: '/devices', headers: json, body: '{"a":' },
      400,
      'MALFORMED_JSON',
    ],
    [
      'a body that reaches for the prototype',
      { method: 'POST', url: '/devices', headers: json, body: '{"__proto__":{"admin":true}}' },
      400,
      'MALFORMED_JSON',
    ],
    [
      'a huge body',
      {
        method: 'POST',
        url: '/devices',
        headers: json,
        body: JSON.stringify({ deviceId: 'x'.repeat(70_000) }),
      },
      413,
      'BODY_TOO_LARGE',
    ],
    [
      'a form',
      {
        method: 'POST',
        url: '/devices',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: 'deviceId=dev-1',
      },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    [
      'plain text',
      {
        method: 'POST',
        url: '/devices',
        headers: { ...headers, 'content-type': 'text/plain' },
        body: 'dev-1',
      },
      415,
      'MEDIA_TYPE_UNSUPPORTED',
    ],
    ['a body that is missing', { method: 'POST', url: '/devices', headers: json }, 400, 'VALIDATION_FAILED'],
    [
      'a wrong field',
      { method: 'POST', url: '/devices', headers: json, body: '{"deviceId":7}' },
      400,
      'VALIDATION_FAILED',
    ],
    ['a wrong deviceId', { url: '/devices/a', headers }, 400, 'VALIDATION_FAILED'],
    ['a broken address', { url: '/devices/%E0%A4%A', headers }, 400, 'VALIDATION_FAILED'],
    ['a path part without end', { url: `/devices/${'x'.repeat(300)}`, headers }, 400, 'VALIDATION_FAILED'],
    ['a full disk', { url: '/disk-full', headers }, 507, 'STORAGE_FULL'],
    ['a bug', { url: '/broken', headers }, 500, 'INTERNAL_ERROR'],
    ['an answer that does not fit its schema', { url: '/wrong-answer', headers }, 500, 'INTERNAL_ERROR'],
  ];
  it.each(cases)('%s', async (_name, request, status, code) => {
    await using server = await startTestServer({ routes: sampleRoutes });
    const response = await server.app.inject(request);
    expect(response.json()).toMatchObject({
      success: false,
      message: expect.any(String),
      error: { code, details: expect.any(Object) },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(response.statusCode).toBe(status);
    expect(response.headers['x-request-id']).toBeTruthy();
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

it('says which methods a route takes', async () => {
  await using server = await startTestServer({ routes: sampleRoutes });
  const response = await server.app.inject({ method: 'PUT', url: '/devices/dev-1?x=1', headers });
  expect(response.headers.allow).toBe('GET, HEAD');
  expect(response.json().error.details).toEqual({ allowed: ['GET', 'HEAD'] });
});

it('names each wrong field and does not repeat what was sent', async () => {
  await using server = await startTestServer({ routes: sampleRoutes });
  const body = { deviceId: 'x', size: 'hunter2' };
  const response = await server.app.inject({ method: 'POST', url: '/devices', headers, body });
  expect(response.json().error.details.fields).toEqual([
    { in: 'body', field: 'deviceId', message: expect.any(String) },
    { in: 'body', field: 'size', message: expect.any(String) },
  ]);
  expect(response.json().message).toContain('body.deviceId');
  expect(response.body).not.toContain('hunter2');
});

it('a bug leaks nothing to the caller and is logged with the request id', async () => {
  const { log, lines } = createLogRecorder();
  await using server = await startTestServer({ routes: sampleRoutes, log });
  const response = await server.app.inject({ url: '/broken', headers });
  expect(response.body).not.toMatch(/hunter2|secret|\.ts|at /);
  const line = lines.find(({ level }) => level === 'error');
  expect(line?.data).toMatchObject({ requestId: response.headers['x-request-id'], route: 'GET /broken' });
});

it('an answer that does not fit names the field in the log', async () => {
  const { log, lines } = createLogRecorder();
  await using server = await startTestServer({ routes: sampleRoutes, log });
  await server.app.inject({ url: '/wrong-answer', headers });
  expect(JSON.stringify(lines)).toContain('FST_ERR_RESPONSE_SERIALIZATION');
});

describe('errors of the domain', () => {
  const cases: [Error, number, ErrorCode][] = [
    [new AppError('DEVICE_EXISTS', { options: ['connect'] }), 409, 'DEVICE_EXISTS'],
    [new FencedError('epoch moved on'), 409, 'DEVICE_OWNED_ELSEWHERE'],
    [new AppError('DATABASE_UNAVAILABLE'), 503, 'DATABASE_UNAVAILABLE'],
  ];
  it.each(cases)('%s', async (error, status, code) => {
    await using server = await startTestServer({
      routes: (api) => {
        api.get('/fails', { config: { scope: 'public' } }, async () => {
          throw error;
        });
      },
    });
    const response = await server.app.inject('/fails');
    expect(response.statusCode).toBe(status);
    expect(response.json().error.code).toBe(code);
    expect(response.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});

describe('an overloaded server', () => {
  const serve = (essential: boolean, delayMs: number, isLasting = false) =>
    startTestServer({
      routes: (api) => {
        api.get('/busy', { config: { scope: 'public', essential } }, async (request) => {
          shedLoad(request, { delayMs, isLasting });
          return 'answered';
        });
      },
    });

  it.each([
    { delayMs: 3_000, isLasting: false },
    { delayMs: Number.POSITIVE_INFINITY, isLasting: true },
  ])(
    'turns requests away and says when to come back: $delayMs $isLasting',
    async ({ delayMs, isLasting }) => {
      await using server = await serve(false, delayMs, isLasting);
      const response = await server.app.inject('/busy');
      expect([response.statusCode, response.json().error.code]).toEqual([503, 'OVERLOADED']);
      expect(response.headers['retry-after']).toBe('10');
    },
  );

  it.each([
    { essential: true, delayMs: 3_000 },
    { essential: false, delayMs: Number.POSITIVE_INFINITY },
  ])(
    'still answers health checks, and after one long pause: $essential $delayMs',
    async ({ essential, delayMs }) => {
      await using server = await serve(essential, delayMs);
      expect((await server.app.inject('/busy')).body).toBe('answered');
    },
  );
});
