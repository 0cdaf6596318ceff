import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { deviceSocketRoutes } from '../../src/events/device-socket-routes.ts';
import type { EventFeed, EventReader } from '../../src/events/event-feed.ts';
import { eventRoutes } from '../../src/events/event-routes.ts';
import type { LiveEvent } from '../../src/events/live-event.ts';
import type { AuditedRequest } from '../../src/http/audit.ts';
import type { ApiInstance } from '../../src/http/fastify.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { newEvent } from '../support/event-log.ts';
import { startTestServer, withKey } from '../support/http.ts';

const keys = {
  reader: { scopes: ['device:read'] as const },
  messages: { scopes: ['device:read', 'message:read'] as const },
  linker: { scopes: ['device:read', 'device:link'] as const, deviceIds: ['ana'] },
};

/** More than fits into the buffers between the two ends. */
const MUCH = 'x'.repeat(12_000_000);

/** As much of what came last as is looked at. */
const END = 1_000;

/** Reads what waits until these words come. */
async function untilHeard(socket: Socket, wanted: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let end = '';
  socket.on('data', (chunk: Buffer) => {
    end = end.slice(-END) + chunk.toString('latin1');
    if (end.includes(wanted)) resolve();
  });
  await promise;
}

/** The routes on a feed that tells what the test says. */
async function listen({ known = true } = {}) {
  const clock = createManualClock();
  const followed = Promise.withResolvers<EventReader>();
  const left = Promise.withResolvers<void>();
  const feed: EventFeed = {
    publish() {},
    locate: async (lastEventId) => ({ seq: 0, isResync: lastEventId !== null && !known }),
    follow(_position, reader) {
      followed.resolve(reader);
      return left.resolve;
    },
  };
  const deviceService = {
    view: async () => ({ deviceId: 'ana', status: 'connected', qrCode: null }),
    connect: async () => {},
  };
  const audited: AuditedRequest[] = [];
  const server = await startTestServer({
    clock,
    keys,
    onAudited: (request) => audited.push(request),
    routes: (api: ApiInstance) => {
      api.register(eventRoutes, { feed });
      api.register(deviceSocketRoutes, {
        feed,
        clock,
        log: silentLogger,
        deviceService: deviceService as never,
      });
    },
  });
  const url = await server.listen();
  const tell = async (...events: LiveEvent[]) => (await followed.promise)(events);
  return { ...server, url, clock, tell, audited, left: left.promise };
}

describe('server-sent events', () => {
  it('say where a stream begins anew, and carry no id that cannot be resumed from', async () => {
    await using server = await listen({ known: false });
    const headers = { ...withKey('linker'), 'last-event-id': 'long gone' };
    const response = await fetch(`${server.url}/events`, { headers });
    const [status, qr] = [
      newEvent({ type: 'status', data: {} }),
      newEvent({ type: 'qr', data: { qr: '2@' } }),
    ];
    await server.tell(status, qr, newEvent({ type: 'message' }), newEvent({ deviceId: 'budi' as never }));
    await server.close();
    const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('data: '));
    expect(blocks.map((block) => block.split('\n').slice(0, -1))).toEqual([
      ['event: resync'],
      [`id: ${status.id}`, 'event: status'],
      ['event: qr'],
    ]);
    expect(blocks[0]).toContain('data: {"type":"resync"}');
  });

  it('take the place to resume from in the address too', async () => {
    await using server = await listen({ known: false });
    const response = await fetch(`${server.url}/events?lastEventId=x`, { headers: withKey('reader') });
    await server.close();
    expect(await response.text()).toContain('event: resync');
  });

  it('wait for a slow reader, and cut it off with a word when it takes nothing for half a minute', async () => {
    await using server = await listen();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer messages\r\n\r\n');
    await once(socket, 'readable');
    let isTaken = false;
    const told = server.tell(newEvent({ data: { MUCH } })).then(() => {
      isTaken = true;
    });
    await server.tell();
    server.clock.advance(29_000);
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    server.clock.advance(2_000);
    await server.left;
    await told;
    await untilHeard(socket, 'event: too_slow\ndata: {"type":"too_slow"}');
    socket.destroy();
  });

  it('go on for a reader that takes its time', async () => {
    await using server = await listen();
    const response = await fetch(`${server.url}/events`, { headers: withKey('messages') });
    const told = server.tell(newEvent({ data: { MUCH } }), newEvent({ data: { last: true } }));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const untilRead = async (wanted: string) => {
      for (let end = ''; !end.includes(wanted); )
        end = end.slice(-END) + ((await reader?.read())?.value ?? '');
    };
    await untilRead('"last":true');
    await told;
    server.clock.advance(60_000);
    // Whoever was cut off hears no sign of life.
    await untilRead(': still here');
    await reader?.cancel();
  });
});

describe('the WebSocket of a device', () => {
  const open = (url: string, query = '', key = 'messages') =>
    new WebSocket(`${url.replace('http', 'ws')}/devices/ana/ws${query}`, [`bearer.${key}`]);

  it('begins with the state, or with what was missed', async () => {
    await using server = await listen();
    const fresh = open(server.url);
    const [state] = await once(fresh, 'message');
    expect(JSON.parse(state.data)).toMatchObject({ type: 'status', status: 'connected' });
    fresh.close();

    await using again = await listen();
    const resumed = open(again.url, '?lastEventId=01K0000000000000000000000Z');
    const event = newEvent();
    await again.tell(event);
    const [missed] = await once(resumed, 'message');
    expect(JSON.parse(missed.data)).toMatchObject({ id: event.id, type: 'message_status' });
    resumed.close();

    await using lost = await listen({ known: false });
    const anew = open(lost.url, '?lastEventId=x');
    const [resync] = await once(anew, 'message');
    expect(JSON.parse(resync.data)).toEqual({ type: 'resync' });
    anew.close();
  });

  it.each([
    ['linker', 'status', 200],
    ['messages', 'error', 403],
  ])('notes in the audit log what %s commands', async (key, answer, status) => {
    await using server = await listen();
    const socket = open(server.url, '', key);
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'ping' }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'init' }));
    const [told] = await once(socket, 'message');
    expect(JSON.parse(told.data).type).toBe(answer);
    const actor = { kind: 'key', id: key, name: key };
    expect(server.audited).toMatchObject([
      { actor, action: 'watchDevice init', target: 'deviceId=ana', status },
    ]);
    socket.close();
  });

  it('is closed for a client that commands without end, which fills no audit log', async () => {
    await using server = await listen();
    const socket = open(server.url, '', 'messages');
    await once(socket, 'message');
    const closed = once(socket, 'close');
    for (let times = 0; times < 500; times += 1) socket.send(JSON.stringify({ type: 'init' }));
    const [{ code, reason }] = await closed;
    expect([code, reason]).toEqual([1008, 'too many frames']);
    expect(server.audited).toHaveLength(120);
  });

  it('lets a client say as much again in the next minute', async () => {
    await using server = await listen();
    const socket = open(server.url);
    await once(socket, 'message');
    for (let minutes = 0; minutes < 2; minutes += 1) {
      for (let times = 0; times < 100; times += 1) {
        socket.send(JSON.stringify({ type: 'ping' }));
        await once(socket, 'message');
      }
      server.clock.advance(60_000);
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });

  it('is closed with a word for a client that takes nothing', async () => {
    await using server = await listen();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
    socket.write(
      `GET /devices/ana/ws HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer messages\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    await once(socket, 'readable');
    const told = server.tell(newEvent({ data: { MUCH } }), newEvent({ data: { MUCH } }));
    await server.tell();
    await new Promise(setImmediate);
    server.clock.advance(31_000);
    await untilHeard(socket, '{"type":"too_slow"}');
    // The server waits a moment for a goodbye.
    const closed = once(socket, 'close');
    server.clock.advance(6_000);
    await Promise.all([closed, told]);
    await server.left;
  });
});
