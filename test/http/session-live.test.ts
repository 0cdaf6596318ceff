import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ApiInstance } from '../../src/http/fastify.ts';
import { fromPage, person, startPeople } from '../support/people.ts';

/** A stream and a WebSocket for whoever may read devices. */
function liveRoutes(api: ApiInstance) {
  api.get('/events', { config: { scope: 'device:read' } }, async (_request, reply) => {
    api.openEventStream(reply).send({ id: '1', event: 'hello', data: {} });
    return reply;
  });
  api.route({
    method: 'GET',
    url: '/ws',
    config: { scope: 'device:read' },
    handler: async () => 'no upgrade',
    wsHandler: (socket) => {
      socket.on('message', () => socket.send('heard'));
    },
  });
}

async function start() {
  const stage = await startPeople({ routes: liveRoutes });
  const ana = await stage.host.users.create(person({ role: 'admin' }));
  const bo = await stage.host.users.create(person({ email: 'bo@example.com', role: 'viewer' }));
  const url = await stage.listen();
  const browser = await stage.signIn({ email: 'bo@example.com' });
  const openStream = async () => {
    const response = await fetch(`${url}/events`, { headers: { cookie: browser.cookie } });
    expect(response.status).toBe(200);
    return response;
  };
  return { ...stage, ana, bo, url, browser, openStream };
}

describe('what a session holds open', () => {
  it('ends when it is signed out', async () => {
    await using stage = await start();
    const stream = await stage.openStream();
    await stage.call('POST', '/logout', undefined, fromPage(stage.browser));
    expect(await stream.text()).toContain('event: hello');
  });

  it('ends when the person is disabled', async () => {
    await using stage = await start();
    const stream = await stage.openStream();
    await stage.host.users.change(stage.bo.userId, { status: 'disabled' });
    await stream.text();
  });

  it('ends within 15 seconds when another process ended it', async () => {
    await using stage = await start();
    const stream = await stage.openStream();
    await stage.database.run({ text: 'delete from user_session', params: [] });
    stage.clock.advance(15_000);
    await stream.text();
  });

  it('goes on when somebody else signs out', async () => {
    await using stage = await start();
    const stream = await stage.openStream();
    const reader = stream.body?.getReader();
    const ana = await stage.signIn();
    await stage.call('POST', '/logout', undefined, fromPage(ana));
    stage.clock.advance(20_000);
    let heard = '';
    while (!heard.includes('still here')) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      expect(done).toBe(false);
      heard += new TextDecoder().decode(value);
    }
    await reader?.cancel();
  });
});

describe('a WebSocket by cookie', () => {
  const open = (url: string, headers: Record<string, string>) =>
    new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers });

  it('opens for our own pages, and ends with the session', async () => {
    await using stage = await start();
    const socket = open(stage.url, { cookie: stage.browser.cookie, origin: stage.url });
    await once(socket, 'open');
    socket.send('hello');
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await stage.call('POST', '/logout', undefined, fromPage(stage.browser));
    expect((await closed)[0]).toBe(1001);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nobody says where from', {}],
  ])('is refused: %s', async (_name, headers: Record<string, string>) => {
    await using stage = await start();
    const socket = open(stage.url, { cookie: stage.browser.cookie, ...headers });
    const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
    expect(String(error)).toContain('403');
  });
});
