import { once } from 'node:events';
import { get } from 'node:https';
import type { Socket } from 'node:net';
import { fetch } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTunnelAgent, createTunnelDispatcher } from '../../src/egress/proxy-agent.ts';
import { createProxyTunnels, type ProxyTunnelDeps } from '../../src/egress/proxy-tunnel.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { LOOPBACK } from '../support/egress.ts';
import { startConnectProxy, startSocksProxy, type TestProxy } from '../support/proxies.ts';
import { startRawReceiver, startReceiver } from '../support/receiver.ts';

const tls = createLoopbackTls({ clock: systemClock, random: systemRandom });

function openTunnels(deps: Partial<ProxyTunnelDeps> = {}) {
  return createProxyTunnels({
    allowances: [LOOPBACK],
    resolver: createFakeResolver({ 'proxy.example': ['127.0.0.1'] }),
    clock: systemClock,
    ca: tls.caPem,
    ...deps,
  });
}

async function wordsOf(socket: Socket): Promise<string> {
  onTestFinished(() => void socket.destroy());
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

describe('a tunnel', () => {
  const kinds: [string, (port: number) => string, (credentials?: string) => Promise<TestProxy>][] = [
    [
      'http',
      (port) => `127.0.0.1:${port}`,
      async (credentials) => startConnectProxy({ ...(credentials && { credentials }) }),
    ],
    [
      'https',
      (port) => `127.0.0.1:${port}`,
      async (credentials) => startConnectProxy({ tls, ...(credentials && { credentials }) }),
    ],
    [
      'socks5',
      (port) => `127.0.0.1:${port}`,
      async (credentials) => startSocksProxy({ ...(credentials && { credentials }) }),
    ],
  ];

  it.each(kinds)('through an %s proxy reaches the other side', async (protocol, at, start) => {
    const receiver = await startRawReceiver((socket) => socket.write('welcome'));
    const proxy = await start();
    const url = `${protocol}://${at(proxy.port)}`;
    const to = { port: receiver.port, encryption: 'none' } as const;
    expect(await wordsOf(await openTunnels().open(url, { ...to, host: 'whatsapp.example' }))).toBe('welcome');
    expect(await wordsOf(await openTunnels().open(url, { ...to, host: '127.0.0.1' }))).toBe('welcome');
    expect(proxy.targets).toEqual([`whatsapp.example:${receiver.port}`, `127.0.0.1:${receiver.port}`]);
    expect(proxy.shown).toEqual([]);
  });

  it.each(kinds)(
    'shows an %s proxy its credentials, and the right ones open it',
    async (protocol, at, start) => {
      const receiver = await startRawReceiver((socket) => socket.write('welcome'));
      const proxy = await start('us@er:p:ss');
      const to = { host: 'whatsapp.example', port: receiver.port, encryption: 'none' } as const;
      const open = (user: string) => openTunnels().open(`${protocol}://${user}${at(proxy.port)}`, to);
      expect(await wordsOf(await open('us%40er:p%3Ass@'))).toBe('welcome');
      await expect(open('us%40er:wrong@')).rejects.toThrow('the proxy opened no tunnel');
      await expect(open('')).rejects.toMatchObject({ name: 'ProxyTunnelError' });
      expect(receiver.connections()).toBe(1);
    },
  );

  it('checks the certificate of the other side against its own name', async () => {
    const receiver = await startReceiver((_request, response) => response.end(), { tls });
    const proxy = await startConnectProxy();
    const open = (host: string) =>
      openTunnels().open(`http://127.0.0.1:${proxy.port}`, { host, port: receiver.port, encryption: 'tls' });
    const socket = await open('localhost');
    socket.destroy();
    await expect(open('whatsapp.example')).rejects.toThrow('the proxy opened no tunnel (tls)');
  });

  it('carries what node:https and fetch ask for', async () => {
    const receiver = await startReceiver((_request, response) => response.end('through'), { tls });
    const proxy = await startConnectProxy();
    const tunnels = openTunnels();
    const url = `https://localhost:${receiver.port}/`;
    const open: Parameters<typeof createTunnelAgent>[0] = (to) =>
      tunnels.open(`http://127.0.0.1:${proxy.port}`, to);
    const [response] = await once(get(url, { agent: createTunnelAgent(open) }), 'response');
    expect(Buffer.concat(await response.toArray()).toString()).toBe('through');
    const dispatcher = createTunnelDispatcher(open);
    expect(await (await fetch(url, { dispatcher })).text()).toBe('through');
    await dispatcher.close();
    expect(proxy.targets).toEqual([`localhost:${receiver.port}`, `localhost:${receiver.port}`]);
  });
});

describe('a proxy that may not be used', () => {
  it.each(['http://10.0.0.1:3128', 'socks5://localhost:1080', 'http://inner.example:3128'])(
    '%s is refused before anything is connected to',
    async (url) => {
      const tunnels = openTunnels({
        allowances: [],
        resolver: createFakeResolver({ 'inner.example': ['127.0.0.1'] }),
      });
      await expect(tunnels.check(url)).rejects.toMatchObject({ code: 'URL_NOT_ALLOWED' });
      const open = tunnels.open(url, { host: 'whatsapp.example', port: 443, encryption: 'tls' });
      await expect(open).rejects.toMatchObject({ name: 'ProxyTunnelError' });
    },
  );

  it('is refused when its name turns to another address later', async () => {
    const proxy = await startConnectProxy();
    const resolver = createFakeResolver();
    resolver.answer('proxy.example', ['127.0.0.1'], ['127.0.0.9']);
    const tunnels = openTunnels({ resolver });
    const url = `http://proxy.example:${proxy.port}`;
    await tunnels.check(url);
    const open = tunnels.open(url, { host: 'whatsapp.example', port: 443, encryption: 'none' });
    await expect(open).rejects.toThrow('the proxy opened no tunnel (refused)');
    expect(proxy.targets).toEqual([]);
  });

  it('is no reason to refuse it for ever when its name does not resolve now', async () => {
    await openTunnels().check('http://nobody.example:3128');
  });
});

describe('a proxy that does not do its work', () => {
  const to = { host: 'whatsapp.example', port: 443, encryption: 'none' } as const;

  it.each(['http', 'socks5'])('by falling silent (%s) is given up', async (protocol) => {
    const clock = createManualClock();
    const asked = Promise.withResolvers<void>();
    const proxy = await startRawReceiver((socket) => socket.once('data', () => asked.resolve()));
    const open = openTunnels({ clock }).open(`${protocol}://127.0.0.1:${proxy.port}`, to);
    await asked.promise;
    clock.advance(15_000);
    await expect(open).rejects.toThrow('the proxy opened no tunnel (timeout)');
    await proxy.abandoned();
  });

  it.each([
    ['http', 'HTTP/1.1 403 Forbidden\r\n\r\n', '403'],
    ['http', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'http-protocol'],
    ['http', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`, 'too-large'],
    ['http', '', 'connection'],
    ['socks5', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'connection'],
    ['socks5', '\x05\xff', 'connection'],
    ['socks5', '\x05\x00\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00', 'connection'],
  ])('but says over %s %j is named by that', async (protocol, said, reason) => {
    const proxy = await startRawReceiver((socket) => socket.once('data', () => socket.end(said, 'latin1')));
    const open = openTunnels().open(`${protocol}://127.0.0.1:${proxy.port}`, to);
    await expect(open).rejects.toThrow(`the proxy opened no tunnel (${reason})`);
    await proxy.abandoned();
  });
});
