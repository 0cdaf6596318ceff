import { Readable } from 'node:stream';
import type { Clock } from '../shared/clock.ts';
import { createDeadline } from './deadline.ts';
import type { OutsideStream } from './egress-client.ts';
import { readHeaders, writeHeaders } from './egress-headers.ts';
import { asEgressError, readBody } from './egress-response.ts';
import { createTunnelDispatcher } from './proxy-agent.ts';
import type { ProxyTunnels } from './proxy-tunnel.ts';

export interface ProxiedRequest {
  /** One of our own making, https: the proxy resolves its name, so nothing of it is vetted here. */
  readonly url: URL;
  readonly proxyUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** From the connection to the proxy to the last byte. */
  readonly totalMs: number;
  readonly signal: AbortSignal;
}

/** GET through a proxy, over a connection of its own; redirects are not followed. The limits are those of Egress. Throws EgressError. */
export async function streamThroughProxy(
  { url, proxyUrl, headers, maxBytes, totalMs, signal }: ProxiedRequest,
  { tunnels, clock }: { tunnels: Pick<ProxyTunnels, 'open'>; clock: Clock },
): Promise<OutsideStream> {
  const deadline = createDeadline({ clock, totalMs, givenUp: signal });
  const dispatcher = createTunnelDispatcher((to) => tunnels.open(proxyUrl, to));
  const end = () => {
    deadline.end();
    void dispatcher.destroy();
  };
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: writeHeaders(headers),
      signal: deadline.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    // What goes wrong while nobody reads is told when somebody does.
    response.body.on('error', () => undefined);
    const { statusCode: status } = response;
    const body = Readable.from(readBody(response.body, { status, maxBytes, deadline }), {
      objectMode: false,
    });
    body.once('close', end);
    return { status, headers: readHeaders(response.headers), href: url.href, body };
  } catch (error) {
    end();
    throw asEgressError(error, { deadline });
  }
}
