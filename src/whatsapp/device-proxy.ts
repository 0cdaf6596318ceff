import type { Agent } from 'node:https';
import { Dispatcher1Wrapper } from 'undici';
import {
  createPlainTunnelAgent,
  createTunnelAgent,
  createTunnelDispatcher,
  type OpenTunnel,
} from '../egress/proxy-agent.ts';
import type { ProxyTunnels } from '../egress/proxy-tunnel.ts';
import { AppError } from '../shared/errors.ts';
import { ProxyUnsupportedError } from './proxy-error.ts';
import type { ProxyRoute } from './transport.ts';

/** Where WhatsApp keeps media. The host stands in messages, so strangers would otherwise choose where the proxy goes. */
const MEDIA_HOST = /^([a-z0-9-]+\.)*whatsapp\.net$/;

/**
 * The way through a proxy to `endpoint`. Throws ProxyUnsupportedError for a proxy that may not be used; one that does not
 * answer shows when the socket opens.
 */
export async function openProxyRoute(
  proxyUrl: string,
  { tunnels, endpoint }: { tunnels: ProxyTunnels; endpoint: string },
): Promise<ProxyRoute> {
  await tunnels.check(proxyUrl).catch((error: unknown) => {
    throw error instanceof AppError
      ? new ProxyUnsupportedError('the proxy is refused', { cause: error })
      : error;
  });
  const open: OpenTunnel = (to) => tunnels.open(proxyUrl, to);
  const openMedia: OpenTunnel = async (to) => {
    if (!MEDIA_HOST.test(to.host)) throw new Error('media is at no host of WhatsApp');
    return await open(to);
  };
  // The fetch inside Node is one major version behind the undici of npm; the wrapper speaks its handler interface.
  const dispatcher = new Dispatcher1Wrapper(createTunnelDispatcher(openMedia));
  const isEncrypted = endpoint.startsWith('wss:');
  return {
    // Baileys only knows wss:; the plain ws: of a test server wants the agent of its own scheme.
    socketAgent: isEncrypted ? createTunnelAgent(open) : (createPlainTunnelAgent(open) as Agent),
    media: {
      agent: createTunnelAgent(openMedia),
      fetchOptions: { dispatcher } as unknown as RequestInit,
    },
  };
}
