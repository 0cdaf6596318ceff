import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../fakes/manual-clock.ts';
import { openTestEgress } from '../support/egress.ts';
import { startRawReceiver, startReceiver } from '../support/receiver.ts';

describe('time', () => {
  const timed = () => {
    const clock = createManualClock();
    return { clock, ...openTestEgress({ clock }) };
  };

  it('ends a receiver that takes the request and says nothing', async () => {
    const receiver = await startReceiver(() => received.resolve());
    const received = Promise.withResolvers<void>();
    const { clock, get } = timed();
    const request = get(`http://shop.example:${receiver.port}/`);
    await received.promise;
    clock.advance(14_999);
    clock.advance(1);
    await expect(request).rejects.toMatchObject({ failure: 'timeout', status: null });
    await receiver.abandoned();
  });

  it('ends a handshake that stands still after the time to connect', async () => {
    const receiver = await startRawReceiver(() => undefined);
    const { clock, get } = timed();
    const request = get(`https://127.0.0.1:${receiver.port}/`);
    await receiver.connected(1);
    clock.advance(5_000);
    await expect(request).rejects.toMatchObject({ failure: 'timeout' });
    await receiver.abandoned();
  });

  it('ends a body that trickles, however steadily', async () => {
    const receiver = await startRawReceiver((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n'));
    });
    const { clock, egress } = timed();
    const { body } = await egress.streamOutside({
      url: `http://shop.example:${receiver.port}/`,
      maxBytes: 1_000,
    });
    const reading = body.toArray();
    for (let second = 0; second < 15; second += 1) clock.advance(1_000);
    await expect(reading).rejects.toMatchObject({ failure: 'timeout', status: 200 });
    await receiver.abandoned();
  });

  it('ends a head that trickles', async () => {
    const receiver = await startRawReceiver((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nx-slow: ', () => written.resolve()));
    });
    const written = Promise.withResolvers<void>();
    const { clock, get } = timed();
    const request = get(`http://shop.example:${receiver.port}/`);
    await written.promise;
    clock.advance(15_000);
    await expect(request).rejects.toMatchObject({ failure: 'timeout' });
    await receiver.abandoned();
  });

  it('covers a name server that never answers', async () => {
    const clock = createManualClock();
    const silence = new Promise<readonly string[]>(() => undefined);
    const resolver = { byDns: () => silence, bySystem: () => silence };
    const { egress, get } = openTestEgress({ clock, resolver });
    const request = get('https://shop.example/');
    clock.advance(15_000);
    await expect(request).rejects.toMatchObject({ failure: 'timeout' });
    const check = egress.checkUrl('https://shop.example/');
    clock.advance(5_000);
    await check;
  });

  it('is over when the caller gives up, before or during', async () => {
    const receiver = await startReceiver(() => received.resolve());
    const received = Promise.withResolvers<void>();
    const { get } = openTestEgress();
    const caller = new AbortController();
    const request = get(`http://shop.example:${receiver.port}/`, { signal: caller.signal });
    await received.promise;
    caller.abort();
    await expect(request).rejects.toMatchObject({ failure: 'aborted' });
    await expect(
      get(`http://shop.example:${receiver.port}/`, { signal: caller.signal }),
    ).rejects.toMatchObject({ failure: 'aborted' });
    await receiver.abandoned();
    expect(receiver.connections()).toBe(1);
  });
});

describe('size', () => {
  it('ends a body without an end, and hangs up', async () => {
    let sent = 0;
    const receiver = await startReceiver((_request, response) => {
      const chunk = Buffer.alloc(65_536);
      const pump = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', pump);
      pump();
    });
    const { get } = openTestEgress();
    const request = get(`http://shop.example:${receiver.port}/`, { maxBytes: 100_000 });
    await expect(request).rejects.toMatchObject({ failure: 'too-large', status: 200 });
    await receiver.abandoned();
    expect(sent).toBeLessThan(20_000_000);
  });

  it('takes what is exactly as large as allowed', async () => {
    const { port } = await startReceiver((_request, response) => response.end('x'.repeat(10_000)));
    const { get } = openTestEgress();
    expect((await get(`http://shop.example:${port}/`)).body.length).toBe(10_000);
    const request = get(`http://shop.example:${port}/`, { maxBytes: 9_999 });
    await expect(request).rejects.toMatchObject({ failure: 'too-large' });
  });

  it('of a gzip bomb is what was sent, since nothing is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(5_000_000));
    const { port } = await startReceiver((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    const { get } = openTestEgress();
    const { body } = await get(`http://shop.example:${port}/`);
    expect(body.equals(bomb)).toBe(true);
  });

  it('of a head is limited', async () => {
    const { port } = await startRawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const line = `x-huge: ${'y'.repeat(4_000)}\r\n`;
      for (let i = 0; i < 10; i += 1) socket.write(line);
    });
    const { get } = openTestEgress();
    await expect(get(`http://shop.example:${port}/`)).rejects.toMatchObject({ failure: 'too-large' });
  });

  it('of a stream is limited too, and what is not wanted is hung up on', async () => {
    const receiver = await startReceiver((_request, response) => {
      response.write('x'.repeat(50_000));
    });
    const { egress } = openTestEgress();
    const url = `http://shop.example:${receiver.port}/`;
    const large = await egress.streamOutside({ url, maxBytes: 1_000 });
    await expect(large.body.toArray()).rejects.toMatchObject({ failure: 'too-large' });
    const unwanted = await egress.streamOutside({ url, maxBytes: 100_000 });
    unwanted.body.destroy();
    await receiver.abandoned();
  });
});

describe('a broken receiver', () => {
  it.each([
    ['SSH-2.0-OpenSSH_9.6\r\n', 'http-protocol'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello', 'http-protocol'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'http-protocol'],
    ['HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello', 'connection'],
    ['', 'connection'],
  ])('that says %j fails with %s', async (said, failure) => {
    const { port } = await startRawReceiver((socket) => socket.once('data', () => socket.end(said)));
    const { get } = openTestEgress();
    await expect(get(`http://shop.example:${port}/`)).rejects.toMatchObject({ failure });
  });

  it('that refuses the connection is not described to the caller', async () => {
    const { get } = openTestEgress();
    const request = get('http://127.0.0.1:9/');
    await expect(request).rejects.toMatchObject({ failure: 'connection', message: 'The connection failed' });
  });

  it('does not hold up another', async () => {
    const dead = await startReceiver(() => undefined);
    const { port } = await startReceiver((_request, response) => response.end('alive'));
    const { get } = openTestEgress();
    const waiting = Array.from({ length: 40 }, () =>
      get(`http://shop.example:${dead.port}/`).catch((error: unknown) => error),
    );
    await dead.connected(16);
    expect((await get(`http://shop.example:${port}/`)).body.toString()).toBe('alive');
    expect(waiting.length).toBe(40);
    expect(dead.connections()).toBe(16);
  });

  it('whose name is unknown is unresolved, and may be stored for later', async () => {
    const { egress, get } = openTestEgress();
    await expect(get('https://nobody.example/')).rejects.toMatchObject({ failure: 'unresolved' });
    await egress.checkUrl('https://nobody.example/');
  });
});
