import { expect, it } from 'vitest';
import { createApi, withQuery } from '../../../src/dashboard/ui/lib/api-client.ts';
import { ApiError } from '../../../src/dashboard/ui/lib/api-error.ts';
import { fakeUiClock } from '../../fakes/ui-clock.ts';

type Answer = (input: string, init: RequestInit) => Promise<Response>;

function stage(answer: Answer) {
  const asked: { input: string; init: RequestInit }[] = [];
  let signedOut = 0;
  const clock = fakeUiClock();
  const api = createApi({
    fetch: (input, init) => {
      asked.push({ input, init });
      return answer(input, init);
    },
    clock,
    csrfToken: () => 'token-1',
    onSignedOut: () => {
      signedOut += 1;
    },
  });
  return { api, asked, clock, signedOutTimes: () => signedOut };
}

const ok = (data: unknown) => async () =>
  Response.json({ success: true, message: 'OK', data, timestamp: '' });
const refusal =
  (status: number, code: string, details = {}, headers = {}) =>
  async () =>
    Response.json(
      { success: false, message: 'No', error: { code, details }, timestamp: '' },
      { status, headers },
    );
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** Never answers; ends when it is aborted, as fetch does. */
const silence: Answer = (_input, { signal }) =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
  });

it('a change carries the token of the session, a question does not', async () => {
  const { api, asked } = stage(ok({ deviceId: 'anna' }));
  expect(await api.post('/devices', { deviceId: 'anna' })).toEqual({ deviceId: 'anna' });
  await api.get('/devices', { query: { status: '', page: 2, tag: null } });
  const [change, question] = asked;
  expect(change?.init).toMatchObject({
    method: 'POST',
    body: '{"deviceId":"anna"}',
    credentials: 'same-origin',
    headers: { 'x-csrf-token': 'token-1', 'content-type': 'application/json' },
  });
  expect(question?.input).toBe('/devices?page=2');
  expect(question?.init.headers).toEqual({ accept: 'application/json' });
});

it('a form with a file goes as it is', async () => {
  const { api, asked } = stage(ok(null));
  const form = new FormData();
  await api.post('/send-media', form);
  expect(asked[0]?.init.body).toBe(form);
  expect(asked[0]?.init.headers).not.toHaveProperty('content-type');
});

it('bytes go as they are, with the type they say', async () => {
  const { api, asked } = stage(ok(null));
  const file = new Blob(['PK'], { type: 'application/zip' });
  await api.post('/session/import', file, { headers: { 'x-backup-passphrase': 'secret' } });
  expect(asked[0]?.init.body).toBe(file);
  expect(asked[0]?.init.headers).toMatchObject({
    'content-type': 'application/zip',
    'x-backup-passphrase': 'secret',
  });
});

it('a refusal tells its code, fields, request and when to come back', async () => {
  const fields = [{ in: 'body', field: 'deviceId', message: 'too short' }, 'nonsense'];
  const { api } = stage(
    refusal(429, 'RATE_LIMITED', { fields }, { 'retry-after': '7', 'x-request-id': 'req_1' }),
  );
  const error = await failureOf(api.get('/x'));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfter: 7, requestId: 'req_1' });
  expect(error instanceof ApiError && error.fieldMessage('deviceId')).toBe('too short');
});

it('a session that ended is told, a wrong password is not', async () => {
  const ended = stage(refusal(401, 'SESSION_EXPIRED'));
  await failureOf(ended.api.get('/x'));
  expect(ended.signedOutTimes()).toBe(1);
  const wrong = stage(refusal(401, 'LOGIN_FAILED'));
  await failureOf(wrong.api.post('/x', {}));
  expect(wrong.signedOutTimes()).toBe(0);
});

it('an answer that is not ours still fails readably', async () => {
  const { api } = stage(async () => new Response('<html>Bad gateway', { status: 502 }));
  expect(await failureOf(api.get('/x'))).toMatchObject({ code: 'HTTP_502', status: 502 });
});

it('silence ends after the time-out, and at once when nobody waits any more', async () => {
  const slow = stage(silence);
  const waiting = failureOf(slow.api.get('/x', { timeoutMs: 5_000 }));
  slow.clock.advance(5_000);
  expect(await waiting).toMatchObject({ code: 'TIMEOUT', status: 0 });
  const left = stage(silence);
  const leaving = new AbortController();
  const dropped = failureOf(left.api.get('/x', { signal: leaving.signal }));
  leaving.abort();
  expect(await dropped).toMatchObject({ code: 'ABORTED' });
  const broken = stage(async () => Promise.reject(new TypeError('failed to fetch')));
  expect(await failureOf(broken.api.get('/x'))).toMatchObject({ code: 'NETWORK' });
});

it('an answer without a body is null', async () => {
  const { api } = stage(async () => new Response(null, { status: 204 }));
  expect(await api.post('/logout')).toBeNull();
});

it('a query joins one that is there', () => {
  expect(withQuery('/x?a=1', { b: true })).toBe('/x?a=1&b=true');
});
