import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';

const deps = { clock: systemClock, random: systemRandom };
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(tls: { keyPem: string; certPem: string }): Promise<number> {
  const server = createServer({ key: tls.keyPem, cert: tls.certPem });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Connects as Node's HTTPS client does: the chain and the name are both checked. */
async function dial(port: number, { ca, host }: { ca: string; host: string }): Promise<boolean> {
  // An address is no server name; Node checks it against the certificate all the same.
  const name = isIP(host) ? {} : { servername: host };
  const socket = connect({ port, host: '127.0.0.1', ca, ...name });
  closing.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket.authorized;
}

describe('the loopback certificate', () => {
  it.each(['127.0.0.1', 'localhost'])('is trusted for %s by who has the CA', async (host) => {
    const tls = createLoopbackTls(deps);
    expect(await dial(await serve(tls), { ca: tls.caPem, host })).toBe(true);
  });

  it('is not trusted by who has another CA, nor for another name', async () => {
    const tls = createLoopbackTls(deps);
    const port = await serve(tls);
    const otherCa = createLoopbackTls(deps).caPem;
    await expect(dial(port, { ca: otherCa, host: 'localhost' })).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    await expect(dial(port, { ca: tls.caPem, host: 'example.org' })).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('says what it is', () => {
    const { caPem, certPem } = createLoopbackTls(deps);
    const ca = new X509Certificate(caPem);
    const leaf = new X509Certificate(certPem);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(new Date(leaf.validFrom) < systemClock.now()).toBe(true);
    expect(new Date(leaf.validTo) > systemClock.now()).toBe(true);
  });

  it('is made anew each time', () => {
    expect(createLoopbackTls(deps).keyPem).not.toBe(createLoopbackTls(deps).keyPem);
  });

  it('writes years from 2050 on as well', () => {
    const clock = { ...systemClock, now: () => new Date('2051-02-03T04:05:06Z') };
    const { certPem } = createLoopbackTls({ ...deps, clock });
    expect(new X509Certificate(certPem).validFrom).toBe('Feb  2 04:05:06 2051 GMT');
  });
});
