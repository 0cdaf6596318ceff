import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ApiInstance } from '../../src/http/fastify.ts';
import { startTestServer, withKey } from '../support/http.ts';

const keys = { reader: { scopes: ['device:read'] as const } };

/** What the server side saw, for the test to await. */
function liveRoutes() {
  const opened = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const routes = (api: ApiInstance) => {
    api.get('/events', { config: { scope: 'device:read' } }, async (_request, reply) => {
      const stream = api.openEventStream(reply);
      stream.onClose(left.resolve);
      stream.send({ id: '1', event: 'status', data: { text: 'two\nlines' } });
      opened.resolve();
      return reply;
    });
    api.route({
      method: 'GET',
      url: '/ws',
      config: { scope: 'device:read' },
      handler: async () => 'no upgrade',
      wsHandler: (socket) => {
        socket.on('message', (data) => socket.send(`heard ${String(data)}`));
        socket.on('close', () => left.resolve());
        opened.resolve();
      },
    });
  };
  return { routes, opened: opened.promise, left: left.promise };
}

async function listen(onKeyChanged?: (listener: (keyId: string) => void) => () => void) {
  const live = liveRoutes();
  const server = await startTestServer({ routes: live.routes, keys, ...(onKeyChanged && { onKeyChanged }) });
  return { ...live, ...server, url: await server.listen() };
}

const wsUrl = (url: string) => `${url.replace('http', 'ws')}/ws`;

describe('server-sent events', () => {
  it('refuse a caller without a key before anything is sent', async () => {
    await using server = await listen();
    const response = await fetch(`${server.url}/events`);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ success: false, error: { code: 'UNAUTHORIZED' } });
  });

  it('carry the request id, an id to resume from and one line of data', async () => {
    await using server = await listen();
    const response = await fetch(`${server.url}/events`, { headers: withKey('reader') });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-request-id')).toBeTruthy();
    await server.opened;
    await server.close();
    const text = await response.text();
    expect(text).toContain('id: 1\nevent: status\ndata: {"text":"two\\nlines"}\n\n');
  });

  it('end when the caller leaves', async () => {
    await using server = await listen();
    const abort = new AbortController();
    await fetch(`${server.url}/events`, { headers: withKey('reader'), signal: abort.signal });
    abort.abort();
    await server.left;
  });

  it('end when the key changes', async () => {
    let tell = (_keyId: string) => {};
    await using server = await listen((listener) => {
      tell = listener;
      return () => {};
    });
    const response = await fetch(`${server.url}/events`, { headers: withKey('reader') });
    tell('another-key');
    tell('reader');
    await server.left;
    expect(await response.text()).toContain('id: 1');
  });
});

describe('WebSockets', () => {
  it.each([[], ['bearer.guess'], ['wafleet']])(
    'refuse the upgrade without a right key',
    async (...protocols) => {
      await using server = await listen();
      const socket = new WebSocket(wsUrl(server.url), protocols);
      const [event] = await once(socket, 'error');
      expect(event).toBeDefined();
      expect(socket.readyState).not.toBe(WebSocket.OPEN);
    },
  );

  it.each([
    { protocols: ['bearer.reader'], chosen: 'bearer.reader' },
    { protocols: ['bearer.reader', 'wafleet'], chosen: 'wafleet' },
  ])('take the key as a subprotocol: $protocols', async ({ protocols, chosen }) => {
    await using server = await listen();
    const socket = new WebSocket(wsUrl(server.url), protocols);
    await once(socket, 'open');
    expect(socket.protocol).toBe(chosen);
    socket.send('hello');
    const [message] = await once(socket, 'message');
    expect(message.data).toBe('heard hello');
    socket.close();
    await server.left;
  });

  it('are told that the server goes away', async () => {
    await using server = await listen();
    const socket = new WebSocket(wsUrl(server.url), ['bearer.reader']);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await server.close();
    const [event] = await closed;
    expect(event.code).toBe(1001);
  });

  it('end when the key changes', async () => {
    let tell = (_keyId: string) => {};
    await using server = await listen((listener) => {
      tell = listener;
      return () => {};
    });
    const socket = new WebSocket(wsUrl(server.url), ['bearer.reader']);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    tell('reader');
    await closed;
  });
});

it.each(['/ws', '/nothing', '/%E0%A4%A'])('a refused upgrade of %s leaves no socket behind', async (path) => {
  await using server = await listen();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  socket.resume();
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await once(socket, 'close');
});

it('closing lets a running request finish', async () => {
  const inside = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  await using server = await startTestServer({
    routes: (api) => {
      api.get('/slow', { config: { scope: 'public' } }, async () => {
        inside.resolve();
        await finish.promise;
        return { done: true };
      });
    },
  });
  const answer = fetch(`${await server.listen()}/slow`);
  await inside.promise;
  const closing = server.close();
  finish.resolve();
  expect(await (await answer).json()).toEqual({ done: true });
  await closing;
});

it('bytes that are no HTTP are answered and cut off', async () => {
  await using server = await startTestServer();
  const { port } = new URL(await server.listen());
  const socket = connect(Number(port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write('not http at all\r\n\r\n');
  await once(socket, 'close');
  const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request.*X-Request-Id: \w{26}/s);
  expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: 'VALIDATION_FAILED' } });
});
