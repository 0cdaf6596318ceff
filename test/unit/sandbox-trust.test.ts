import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createLoopbackTls } from '../../src/simulator/wire/tls.ts';
import {
  checkSandboxTrust,
  SandboxRefusedError,
  sandboxMedia,
  trustSandbox,
} from '../../src/whatsapp/sandbox-trust.ts';
import { temporaryFolder } from '../support/auth.ts';

const TRUST = {
  endpoint: 'ws://127.0.0.1:8080/ws/chat',
  rootKeyHex: 'ab'.repeat(32),
  mediaOrigin: null,
  mediaCaFile: null,
};

describe('the sandbox', () => {
  it.each([
    ['ws://127.0.0.1:1/ws'],
    ['wss://localhost:8080/ws'],
    ['ws://[::1]:8080/ws'],
    ['ws://127.9.9.9/ws'],
  ])('may be %s', (endpoint) => {
    expect(() => checkSandboxTrust({ ...TRUST, endpoint })).not.toThrow();
  });

  it.each([
    [{ endpoint: 'wss://web.whatsapp.com/ws/chat' }],
    [{ endpoint: 'ws://127.0.0.1.example.com/' }],
    [{ endpoint: 'ws://10.0.0.1/' }],
    [{ endpoint: 'ws://0.0.0.0/' }],
    [{ endpoint: 'ws://localhost@example.com/' }],
    [{ endpoint: 'http://127.0.0.1/' }],
    [{ endpoint: 'rubbish' }],
    [{ rootKeyHex: 'ab' }],
    [{ rootKeyHex: 'xy'.repeat(32) }],
    [{ mediaOrigin: 'https://example.com' }],
    [{ mediaOrigin: 'http://127.0.0.1' }],
  ])('must not be %j', (change) => {
    const trust = { ...TRUST, ...change };
    const library = { WA_CERT_DETAILS: { SERIAL: 0, ISSUER: '', PUBLIC_KEY: Buffer.from('real') } };
    expect(() => trustSandbox(library, trust)).toThrow(SandboxRefusedError);
    expect(() => sandboxMedia(trust)).toThrow(SandboxRefusedError);
    expect(library.WA_CERT_DETAILS.PUBLIC_KEY.toString()).toBe('real');
  });

  it('becomes the root of trust', () => {
    const library = { WA_CERT_DETAILS: { SERIAL: 0, ISSUER: '', PUBLIC_KEY: Buffer.from('real') } };
    trustSandbox(library, TRUST);
    expect(library.WA_CERT_DETAILS.PUBLIC_KEY.toString('hex')).toBe(TRUST.rootKeyHex);
  });
});

/** An https server on loopback that answers every request with the path it was asked for. */
async function startMediaHost(): Promise<{ mediaOrigin: string; mediaCaFile: string }> {
  const { caPem, certPem, keyPem } = createLoopbackTls({ clock: systemClock, random: systemRandom });
  const server = createServer({ cert: certPem, key: keyPem }, (asked, answer) => answer.end(asked.url));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const mediaCaFile = join(temporaryFolder(), 'ca.pem');
  writeFileSync(mediaCaFile, caPem);
  return { mediaOrigin: `https://127.0.0.1:${port}`, mediaCaFile };
}

describe('media of the sandbox', () => {
  it('is downloaded from the loopback host, whatever address a message names', async () => {
    const { fetchOptions } = sandboxMedia({ ...TRUST, ...(await startMediaHost()) });
    const answer = await fetch('https://mmg.whatsapp.net/v/t62?oh=1', fetchOptions);
    expect(await answer.text()).toBe('/v/t62?oh=1');
  });

  it('is uploaded with trust in the authority of the sandbox', async () => {
    const host = await startMediaHost();
    const { agent } = sandboxMedia({ ...TRUST, ...host });
    const upload = request(`${host.mediaOrigin}/mms/image`, { method: 'POST', agent });
    upload.end('bytes');
    const [answer] = await once(upload, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
  });

  it('goes nowhere without a media host', async () => {
    const { fetchOptions } = sandboxMedia(TRUST);
    await expect(fetch('https://mmg.whatsapp.net/v/t62', fetchOptions)).rejects.toThrow();
  });
});
