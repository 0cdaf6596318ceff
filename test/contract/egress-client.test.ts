import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { LOOPBACK, openTestEgress } from '../support/egress.ts';
import { startRawReceiver, startReceiver } from '../support/receiver.ts';

describe('a request', () => {
  it('arrives as it was meant, and the answer comes back whole', async () => {
    const seen: unknown[] = [];
    const { port } = await startReceiver(async (request, response) => {
      const { method, url, headers } = request;
      const body = (await request.toArray()).join('');
      seen.push({ method, url, body, host: headers.host, signature: headers['x-signature'] });
      expect(headers['accept-encoding']).toBe('identity');
      expect(headers.cookie).toBeUndefined();
      response.writeHead(418, { 'x-answer': 'yes', 'set-cookie': 'a=b' }).end('short and stout');
    });
    const { get } = openTestEgress();
    const answer = await get(`http://shop.example:${port}/in?a=1#part`, {
      method: 'POST',
      headers: { 'X-Signature': 'v1,abc', Host: 'metadata.example', 'Content-Length': '1' },
      body: '{}',
    });
    expect(seen).toEqual([
      { method: 'POST', url: '/in?a=1', body: '{}', host: `shop.example:${port}`, signature: 'v1,abc' },
    ]);
    expect(answer).toMatchObject({ status: 418, href: `http://shop.example:${port}/in?a=1` });
    expect(answer.headers['x-answer']).toBe('yes');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body.toString()).toBe('short and stout');
  });

  it('never goes through the proxy of the environment', async () => {
    const proxy = await startRawReceiver((socket) => socket.destroy());
    const { port } = await startReceiver((_request, response) => response.end('direct'));
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
      const before = process.env[name];
      process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`;
      onTestFinished(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
    const { get } = openTestEgress();
    expect((await get(`http://shop.example:${port}/`)).body.toString()).toBe('direct');
    expect(proxy.connections()).toBe(0);
  });

  it('with a header that would split the request is an error of ours, and is not sent', async () => {
    const receiver = await startReceiver((_request, response) => response.end());
    const { get } = openTestEgress();
    const request = get(`http://shop.example:${receiver.port}/`, { headers: { 'x-a': 'b\r\nx-c: d' } });
    await expect(request).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(receiver.connections()).toBe(0);
  });
});

describe('https', () => {
  const tls = createLoopbackTls({ clock: systemClock, random: systemRandom });

  it('checks the certificate against the name, though the connection goes to the vetted address', async () => {
    const receiver = await startReceiver((_request, response) => response.end('safe'), { tls });
    const resolver = createFakeResolver({ localhost: ['127.0.0.1'], 'shop.example': ['127.0.0.1'] });
    const { get } = openTestEgress({ resolver, ca: tls.caPem });
    const safe = await get(`https://localhost:${receiver.port}/`);
    expect(safe.body.toString()).toBe('safe');
    await expect(get(`https://shop.example:${receiver.port}/`)).rejects.toMatchObject({ failure: 'tls' });
    expect((await get(`https://127.0.0.1:${receiver.port}/`)).body.toString()).toBe('safe');
  });

  it('takes no certificate the machine does not trust, and no plain answer', async () => {
    const receiver = await startReceiver((_request, response) => response.end('safe'), { tls });
    const plain = await startReceiver((_request, response) => response.end('not safe'));
    const { get } = openTestEgress();
    for (const { port } of [receiver, plain])
      await expect(get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
        failure: 'tls',
        message: 'The certificate or the encryption of the other side was not accepted',
      });
  });
});

describe('a name that answers differently each time', () => {
  it('is asked once for a request, and the connection goes to that answer', async () => {
    const receiver = await startReceiver((_request, response) => response.end('first'));
    const { get, resolver } = openTestEgress();
    resolver.answer('rebind.example', ['127.0.0.1'], ['127.0.0.9'], ['127.0.0.9']);
    expect((await get(`http://rebind.example:${receiver.port}/`)).body.toString()).toBe('first');
    expect(resolver.asked).toEqual(['rebind.example']);
  });

  it('is refused as soon as it turns, although a connection to it is open', async () => {
    const receiver = await startReceiver((_request, response) => response.end('open'));
    const { get, resolver } = openTestEgress();
    resolver.answer('rebind.example', ['127.0.0.1'], ['127.0.0.9'], ['127.0.0.1', '127.0.0.9']);
    const url = `http://rebind.example:${receiver.port}/`;
    await get(url);
    await expect(get(url)).rejects.toMatchObject({ failure: 'refused' });
    await expect(get(url)).rejects.toMatchObject({ failure: 'refused' });
    expect(receiver.connections()).toBe(1);
  });

  it('shares no connection with its former address', async () => {
    const two = { ...LOOPBACK, address: '127.0.0.2' };
    const receiver = await startReceiver((request, response) => response.end(request.socket.localAddress), {
      host: '0.0.0.0',
    });
    const { get, resolver } = openTestEgress({ allowances: [LOOPBACK, two] });
    resolver.answer('moves.example', ['127.0.0.1'], ['127.0.0.2'], ['127.0.0.2']);
    const answers = [];
    for (let i = 0; i < 3; i += 1) {
      answers.push((await get(`http://moves.example:${receiver.port}/`)).body.toString());
      await nextTurn();
    }
    expect(answers).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.2']);
    expect(receiver.connections()).toBe(2);
  });
});

it('a connection is kept for the same name, and not given to another name at the same address', async () => {
  const receiver = await startReceiver((_request, response) => response.end('ok'));
  const { get } = openTestEgress();
  await get(`http://shop.example:${receiver.port}/`);
  await nextTurn();
  await get(`http://shop.example:${receiver.port}/again`);
  expect(receiver.connections()).toBe(1);
  await get(`http://other.example:${receiver.port}/`);
  expect(receiver.connections()).toBe(2);
});

it('a name the operator listed is resolved as the machine does, every other by DNS', async () => {
  const { port } = await startReceiver((_request, response) => response.end('ok'));
  const host = { kind: 'host', host: 'n8n', port } as const;
  const { get, resolver } = openTestEgress({ allowances: [host] });
  resolver.answer('n8n', ['127.0.0.1']);
  expect((await get(`http://n8n:${port}/`)).status).toBe(200);
  expect(resolver.asked).toEqual(['system:n8n']);
  await expect(get(`http://shop.example:${port}/`)).rejects.toMatchObject({ failure: 'refused' });
});

it('several addresses are tried until one answers', async () => {
  const { port } = await startReceiver((_request, response) => response.end('ok'), { host: '127.0.0.3' });
  const { get, resolver } = openTestEgress({ allowances: [{ ...LOOPBACK, address: '127.0.0.0', bits: 8 }] });
  resolver.answer('many.example', ['127.0.0.1', '127.0.0.3', '127.0.0.2']);
  expect((await get(`http://many.example:${port}/`)).body.toString()).toBe('ok');
});
