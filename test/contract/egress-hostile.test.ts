import { describe, expect, it } from 'vitest';
import { parseEgressAllowance } from '../../src/config/egress-allow.ts';
import { createEgress, type Egress } from '../../src/egress/egress-client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';
import { HOSTILE_NAMES, hostileUrls } from '../support/hostile-urls.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

/** A listener on every address of this machine, and a door for which its port is as good as 443. */
async function stage(...allow: string[]): Promise<{ everywhere: Receiver; egress: Egress }> {
  const everywhere = await startReceiver((_request, response) => response.end('reached'), { host: '::' });
  const egress = createEgress({
    allowances: allow.map(parseEgressAllowance).filter((each) => each !== null),
    resolver: createFakeResolver(HOSTILE_NAMES),
    ports: new Set([80, 443, 8443, everywhere.port]),
    clock: systemClock,
  });
  return { everywhere, egress };
}

describe('a hostile URL', () => {
  it('is refused, with one code and without a word about why, and nothing is connected to', async () => {
    const { everywhere, egress } = await stage();
    const table = hostileUrls(everywhere.port);
    for (const { url, code } of table) {
      const request = { url, plainHttp: 'allowed', redirects: 3, maxBytes: 1_000 } as const;
      await expect(egress.fetchOutside(request), url).rejects.toMatchObject({
        name: 'EgressError',
        failure: 'refused',
        message: 'The address is not allowed',
      });
      await expect(egress.checkUrl(url, { plainHttp: 'allowed' }), url).rejects.toMatchObject({
        code,
        details: {},
      });
    }
    expect(everywhere.connections()).toBe(0);
    expect(table.length).toBeGreaterThanOrEqual(60);
    await egress.close();
  });

  it('is refused as the target of a redirect too', async () => {
    const { everywhere } = await stage();
    const table = hostileUrls(everywhere.port);
    let location = '';
    const friendly = await startReceiver(
      (_request, response) => response.writeHead(302, { location }).end(),
      { host: '127.0.0.2' },
    );
    const egress = createEgress({
      allowances: [{ kind: 'network', address: '127.0.0.2', bits: 32, port: friendly.port }],
      resolver: createFakeResolver(HOSTILE_NAMES),
      ports: new Set([80, 443, 8443, everywhere.port]),
      clock: systemClock,
    });
    // What is no URL by itself would be a path on the friendly host.
    for (const { url } of table.filter(({ code }) => code === 'URL_NOT_ALLOWED')) {
      // A header is ASCII; the parser of the other side undoes the escapes.
      location = /^[ -~]*$/.test(url) ? url : encodeURI(url);
      const request = {
        url: `http://127.0.0.2:${friendly.port}/`,
        plainHttp: 'allowed',
        redirects: 3,
        maxBytes: 1_000,
      } as const;
      await expect(egress.fetchOutside(request), url).rejects.toMatchObject({ failure: 'refused' });
    }
    expect(everywhere.connections()).toBe(0);
    await egress.close();
  });

  it('reaches the listener once the operator opened its address: the table counts what it should', async () => {
    const { everywhere, egress } = await stage('127.0.0.0/8', '::1', '::ffff:0:0/96', '64:ff9b::/96');
    const spellings = ['loopback.attacker.example', '127.1', '0x7f000001', '[::1]', '[::ffff:127.0.0.1]'];
    for (const host of spellings) {
      const url = `http://${host}:${everywhere.port}/`;
      const { body } = await egress.fetchOutside({ url, maxBytes: 100 });
      expect(body.toString()).toBe('reached');
    }
    expect(everywhere.connections()).toBe(spellings.length);
    const cloud = `http://cloud.attacker.example:${everywhere.port}/`;
    await expect(egress.fetchOutside({ url: cloud, maxBytes: 100 })).rejects.toMatchObject({
      failure: 'refused',
    });
    await egress.close();
  });
});
