import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';
import { openTestEgress } from '../support/egress.ts';
import { startReceiver } from '../support/receiver.ts';

describe('redirects', () => {
  it('are the answer where none are followed, as for webhooks', async () => {
    const target = await startReceiver((_request, response) => response.end('never'));
    const { port } = await startReceiver((_request, response) =>
      response.writeHead(307, { location: `http://other.example:${target.port}/` }).end(),
    );
    const { get } = openTestEgress();
    expect((await get(`http://shop.example:${port}/`, { method: 'POST', body: 'x' })).status).toBe(307);
    const posted = { method: 'POST', body: 'x', redirects: 3 } as const;
    expect((await get(`http://shop.example:${port}/`, posted)).status).toBe(307);
    expect(target.connections()).toBe(0);
  });

  it('are followed up to their number, relative ones too, and loops end', async () => {
    const { port } = await startReceiver(({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) return response.end('there');
      return response.writeHead(302, { location: `/${left - 1}` }).end('moved');
    });
    const { get } = openTestEgress();
    const arrived = await get(`http://shop.example:${port}/3`, { redirects: 3 });
    expect(arrived).toMatchObject({ status: 200, href: `http://shop.example:${port}/0` });
    const tooFar = get(`http://shop.example:${port}/4`, { redirects: 3 });
    await expect(tooFar).rejects.toMatchObject({ failure: 'too-many-redirects' });
  });

  it('to another origin take no credentials along', async () => {
    const seen: Record<string, unknown>[] = [];
    const target = await startReceiver(({ headers }, response) => {
      seen.push({ auth: headers.authorization, key: headers['x-key'], range: headers.range });
      response.end();
    });
    const { port } = await startReceiver((_request, response) =>
      response.writeHead(302, { location: `http://other.example:${target.port}/` }).end(),
    );
    const { get } = openTestEgress();
    const headers = { authorization: 'Bearer secret', 'x-key': 'secret', range: 'bytes=0-9' };
    await get(`http://shop.example:${port}/`, { redirects: 1, headers });
    expect(seen).toEqual([{ auth: undefined, key: undefined, range: 'bytes=0-9' }]);
  });

  it.each(['http://[', 'file:///etc/passwd', 'http://10.0.0.1/', 'http://a:b@shop.example/'])(
    'to %s end the request',
    async (location) => {
      const { port } = await startReceiver((_request, response) =>
        response.writeHead(302, { location }).end(),
      );
      const { get } = openTestEgress();
      const failure = location === 'http://[' ? 'http-protocol' : 'refused';
      await expect(get(`http://shop.example:${port}/`, { redirects: 3 })).rejects.toMatchObject({ failure });
    },
  );

  it('never leave https', async () => {
    const tls = createLoopbackTls({ clock: systemClock, random: systemRandom });
    const plain = await startReceiver((_request, response) => response.end());
    const location = `http://127.0.0.1:${plain.port}/`;
    const { port } = await startReceiver(
      (_request, response) => response.writeHead(302, { location }).end(),
      { tls },
    );
    const { get } = openTestEgress({ ca: tls.caPem });
    const request = get(`https://127.0.0.1:${port}/`, { redirects: 3 });
    await expect(request).rejects.toMatchObject({ failure: 'refused' });
    expect(plain.connections()).toBe(0);
  });
});
