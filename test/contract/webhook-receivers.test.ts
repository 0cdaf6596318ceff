import { expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { describeOnSqlite } from '../support/databases.ts';
import { LOOPBACK, openTestEgress } from '../support/egress.ts';
import { newEvents } from '../support/event-log.ts';
import { HOSTILE_NAMES, hostileUrls } from '../support/hostile-urls.ts';
import { startRawReceiver, startReceiver } from '../support/receiver.ts';
import { stageWebhooks as stage } from '../support/webhook-stage.ts';
import { createWebhookWorld, startHook, stopAfterTest } from '../support/webhooks.ts';

describeOnSqlite('a receiver', (open) => {
  it('that says nothing is given up after 15 seconds', async () => {
    const silent = await startRawReceiver((socket) => socket.once('data', () => heard.resolve()));
    const heard = Promise.withResolvers<void>();
    const { deliver } = await stage(open);
    const { delivery } = await deliver(`http://127.0.0.1:${silent.port}/`, async (clock) => {
      await heard.promise;
      clock.advance(15_000);
    });
    expect(delivery).toMatchObject({ status: 'pending', lastError: 'timeout', lastStatusCode: null });
    await silent.abandoned();
  });

  it('that takes an event and trickles its answer has it, and is hung up on after a second', async () => {
    const trickling = await startRawReceiver((socket) => {
      socket.once('data', () =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx', () => written.resolve()),
      );
    });
    const written = Promise.withResolvers<void>();
    const { deliver, told } = await stage(open);
    const { delivery } = await deliver(`http://127.0.0.1:${trickling.port}/`, async (clock) => {
      await written.promise;
      // The head has to arrive before there is a body to lose patience with.
      const tick = systemClock.every(5, () => clock.advance(100));
      await told.waitFor(({ type }) => type === 'attempted');
      tick.cancel();
    });
    expect(delivery).toMatchObject({ status: 'delivered', lastStatusCode: 200 });
    await trickling.abandoned();
  });

  it('that answers with a megabyte is not read to the end', async () => {
    let sent = 0;
    const hook = await startReceiver((_request, response) => {
      response.writeHead(500);
      const more = () => {
        while (sent < 1_048_576 && response.write('x'.repeat(1_024))) sent += 1_024;
      };
      response.on('drain', more);
      more();
    });
    const { deliver } = await stage(open);
    const { attempts } = await deliver(`http://127.0.0.1:${hook.port}/`);
    expect(attempts[0]?.response).toHaveLength(500);
    await hook.abandoned();
  });

  it('that redirects, to metadata or anywhere, is not followed', async () => {
    const elsewhere = await startHook();
    for (const location of ['http://169.254.169.254/latest/meta-data/', elsewhere.url]) {
      const hook = await startHook({
        answer: (response) => void response.writeHead(302, { location }).end(),
      });
      const { deliver } = await stage(open);
      const { delivery } = await deliver(hook.url);
      expect(delivery).toMatchObject({ status: 'pending', lastError: 'redirect', lastStatusCode: 302 });
    }
    expect(elsewhere.connections()).toBe(0);
  });

  it('whose certificate is not trusted gets nothing', async () => {
    const tls = createLoopbackTls({ clock: systemClock, random: systemRandom });
    const hook = await startHook({ tls });
    const { deliver } = await stage(open);
    const { delivery } = await deliver(hook.url);
    expect(delivery).toMatchObject({ status: 'pending', lastError: 'tls_failed', lastStatusCode: null });
    expect(hook.posted.all).toEqual([]);
  });

  it('nobody listens for is told from one that fails', async () => {
    const { deliver } = await stage(open);
    const gone = await startRawReceiver((socket) => socket.destroy());
    const { delivery } = await deliver(`http://127.0.0.1:${gone.port}/`);
    expect(delivery).toMatchObject({ lastError: 'connection_failed', lastStatusCode: null });
  });
});

describeOnSqlite('a hostile address', (open) => {
  it('that was stored all the same is refused at delivery, and nothing is connected to', async () => {
    const everywhere = await startReceiver((_request, response) => response.end('reached'), { host: '::' });
    const { egress } = openTestEgress({
      allowances: [],
      resolver: createFakeResolver(HOSTILE_NAMES),
      ports: new Set([80, 443, 8443, everywhere.port]),
    });
    const world = createWebhookWorld({ database: await open(), egress });
    stopAfterTest(world);
    const table = hostileUrls(everywhere.port).filter(({ url }) => url.length <= 2_000);
    const ids: string[] = [];
    for (const { url } of table) ids.push(await world.add({ url: url.replace(/^http:/, 'https:') }));
    await world.events.append(newEvents(1));
    await world.fanOut.look();
    const attempts = () => world.told.all.filter(({ type }) => type === 'attempted').length;
    await world.told.waitFor(() => attempts() >= table.length);
    for (const [index, id] of ids.entries()) {
      const [delivery] = await world.of(id);
      expect(delivery, table[index]?.url).toMatchObject({ lastError: 'address_refused', status: 'pending' });
    }
    expect(everywhere.connections()).toBe(0);
  });

  it('behind a name that was harmless when the endpoint was made gets nothing', async () => {
    const inner = await startReceiver((_request, response) => response.end('reached'));
    const resolver = createFakeResolver();
    resolver.answer('shop.example', ['93.184.215.14'], ['127.0.0.1']);
    const { egress } = openTestEgress({ allowances: [], resolver, ports: new Set([inner.port]) });
    const url = `https://shop.example:${inner.port}/hook`;
    await egress.checkUrl(url);
    const world = createWebhookWorld({ database: await open(), egress });
    stopAfterTest(world);
    const id = await world.add({ url });
    await world.events.append(newEvents(1));
    await world.fanOut.look();
    await world.told.waitFor(({ type }) => type === 'attempted');
    expect(await world.of(id)).toMatchObject([{ lastError: 'address_refused' }]);
    expect(inner.connections()).toBe(0);
    expect(resolver.asked).toEqual(['shop.example', 'shop.example']);
  });
});

describeOnSqlite('G16: a receiver that hangs', (open) => {
  const GOOD = 20;
  const EVENTS = 50;

  /** What the good receivers have when nothing moves any more, while the bad one holds on to whatever it was given. */
  async function receivedBesideABadOne(limits: { perEndpoint: number; overall: number; own: number }) {
    const clock = createManualClock(new Date());
    const { egress } = openTestEgress({ clock, allowances: [LOOPBACK] });
    const world = createWebhookWorld({ database: await open(), clock, egress, limits });
    const bad = await startRawReceiver((socket) => socket.resume());
    const hooks = await Promise.all(Array.from({ length: GOOD }, () => startHook()));
    await world.add({ url: `http://127.0.0.1:${bad.port}/` });
    for (const { url } of hooks) await world.add({ url });
    await world.events.append(newEvents(EVENTS));
    await world.fanOut.look();
    await bad.connected(Math.min(limits.perEndpoint, limits.overall));
    return { world, hooks, clock, bad };
  }

  it('holds up nobody else: twenty good ones have everything before its first attempt has ended', async () => {
    const { world, hooks, bad, clock } = await receivedBesideABadOne({
      perEndpoint: 4,
      overall: 200,
      own: 1,
    });
    const told = world.told.all;
    await world.told.waitFor(() => told.length === GOOD * EVENTS);
    expect(told.every((news) => news.type === 'attempted' && news.result === 'delivered')).toBe(true);
    expect(hooks.every((hook) => new Set(hook.posted.all.map(({ id }) => id)).size === EVENTS)).toBe(true);
    expect(bad.connections()).toBe(4);
    const stopped = world.lanes.stop();
    clock.advance(3_000);
    await stopped;
    expect(
      world.told.all.filter((news) => news.type === 'attempted' && news.error === 'interrupted'),
    ).toHaveLength(4);
  });

  it('holds up everybody when all share the same places, which is why they do not', async () => {
    const { world, hooks, clock } = await receivedBesideABadOne({ perEndpoint: 100, overall: 8, own: 0 });
    expect(hooks.map((hook) => hook.posted.all.length)).toEqual(hooks.map(() => 0));
    clock.advance(15_000);
    await world.told.waitFor((news) => news.type === 'attempted' && news.error === 'timeout');
    await world.lanes.stop();
  });
});
