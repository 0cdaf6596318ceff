import { expect, it } from 'vitest';
import { createBotCall } from '../../src/chatbot/endpoint-call.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { isSignedWith } from '../../src/shared/standard-webhooks.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { openTestEgress } from '../support/egress.ts';
import { startReceiver } from '../support/receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const QUESTION = { secret: SECRET, id: '01K3ABCDEFGHJKMNPQRSTVWXYZ', body: '{"type":"message"}' };

it('posts the body, signed, under the id of the question', async () => {
  const seen: { headers: Record<string, unknown>; method: string | undefined; body: string }[] = [];
  const { port } = await startReceiver(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    seen.push({ headers: request.headers, method: request.method, body: Buffer.concat(chunks).toString() });
    response.end('{"reply":"hello"}');
  });
  const ask = createBotCall({ egress: openTestEgress().egress, clock: systemClock, timeoutMs: 5_000 });

  expect(await ask({ ...QUESTION, url: `http://127.0.0.1:${port}/` })).toEqual({
    kind: 'answered',
    status: 200,
    replies: ['hello'],
  });
  const [request] = seen;
  const header = (name: string) => String(request?.headers[name]);
  expect(request).toMatchObject({ method: 'POST', body: QUESTION.body });
  expect(header('webhook-id')).toBe(QUESTION.id);
  const headers = {
    'webhook-id': header('webhook-id'),
    'webhook-timestamp': header('webhook-timestamp'),
    'webhook-signature': header('webhook-signature'),
  };
  expect(isSignedWith(SECRET, headers, QUESTION.body)).toBe(true);
});

it('does not follow a name that has moved to an address of ours', async () => {
  const resolver = createFakeResolver({ 'bot.example': ['10.0.0.5'] });
  const { egress } = openTestEgress({ resolver });
  const ask = createBotCall({ egress, clock: systemClock, timeoutMs: 5_000 });

  expect(await ask({ ...QUESTION, url: 'https://bot.example/' })).toEqual({
    kind: 'failed',
    status: null,
    reason: 'address-not-allowed',
    isPassing: true,
  });
});

it('gives up an answer that trickles, after the time there is', async () => {
  const clock = createManualClock();
  const { port, connected } = await startReceiver((_request, response) => {
    response.write('{"reply":');
    clock.advance(15_000);
  });
  const { egress } = openTestEgress({ clock });
  const ask = createBotCall({ egress, clock, timeoutMs: 15_000 });
  const asked = ask({ ...QUESTION, url: `http://127.0.0.1:${port}/` });
  await connected(1);

  expect(await asked).toMatchObject({ kind: 'failed', reason: 'timeout', isPassing: true });
});

it('tells that nobody listens, and that we gave up ourselves', async () => {
  const { port } = await startReceiver(() => {});
  const ask = createBotCall({ egress: openTestEgress().egress, clock: systemClock, timeoutMs: 5_000 });
  const stop = new AbortController();
  const asked = ask({ ...QUESTION, url: `http://127.0.0.1:${port}/`, signal: stop.signal });
  stop.abort();

  expect(await asked).toEqual({ kind: 'aborted' });
  expect(await ask({ ...QUESTION, url: 'http://127.0.0.1:1/' })).toMatchObject({
    kind: 'failed',
    reason: 'connection',
    isPassing: true,
  });
});
