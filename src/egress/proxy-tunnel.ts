import type { Socket } from 'node:net';
import type { EgressAllowance } from '../config/egress-allow.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createAllowList } from './allow-list.ts';
import { dial, type ExtraAuthority, startTls } from './dial.ts';
import { EgressError } from './egress-error.ts';
import type { HostResolver } from './egress-resolver.ts';
import { vetPlace } from './egress-vetting.ts';
import { connectByHttp, type TunnelEnd } from './http-connect.ts';
import { type ProxyServer, parseProxyUrl } from './proxy-url.ts';
import { connectBySocks5 } from './socks5-connect.ts';

/** No way through the proxy. The message names no address; `cause` has the details for our own log. */
export class ProxyTunnelError extends Error {
  override readonly name = 'ProxyTunnelError';

  constructor(cause: unknown) {
    const { failure, status } =
      cause instanceof EgressError ? cause : { failure: 'connection', status: null };
    super(`the proxy opened no tunnel (${status ?? failure})`, { cause });
  }
}

export interface ProxyTunnelDeps {
  /** EGRESS_ALLOW. */
  readonly allowances: readonly EgressAllowance[];
  readonly resolver: HostResolver;
  readonly clock: Clock;
  /** For the proxy and for what is behind it. */
  readonly ca?: ExtraAuthority;
}

/** Ways out through proxies that customers name. */
export interface ProxyTunnels {
  /** Throws AppError URL_INVALID or URL_NOT_ALLOWED; a name that does not resolve now passes. */
  check(proxyUrl: string): Promise<void>;
  /** A connection to `to` through the proxy, whose address is vetted anew. Throws ProxyTunnelError. */
  open(proxyUrl: string, to: TunnelEnd & { encryption: 'tls' | 'none' }): Promise<Socket>;
}

/** For the proxy to take the connection, and again for it to reach the other side and for TLS there. */
const CONNECT_MS = 5_000;
const HANDSHAKE_MS = 15_000;

export function createProxyTunnels(deps: ProxyTunnelDeps): ProxyTunnels {
  const { resolver, clock, ca = null } = deps;
  const allow = createAllowList(deps.allowances);

  const reach = async (proxy: ProxyServer) => {
    const place = await vetPlace(proxy, { resolver, allow });
    const encryption = proxy.protocol === 'https' ? 'tls' : 'none';
    return await dial({ place, encryption, ca, connectMs: CONNECT_MS, clock });
  };

  /** A proxy that takes the connection and falls silent must not hold the device for ever. */
  const inTime = async <T>(socket: Socket, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const patience = new AbortController();
    const timer = clock.after(HANDSHAKE_MS, () => {
      patience.abort(new EgressError('timeout'));
      socket.destroy(new EgressError('timeout'));
    });
    try {
      return await work(patience.signal);
    } catch (error) {
      socket.destroy();
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      timer.cancel();
    }
  };

  return {
    async check(proxyUrl) {
      const proxy = parseProxyUrl(proxyUrl, { allow });
      try {
        await vetPlace(proxy, { resolver, allow });
      } catch (error) {
        if (!(error instanceof EgressError)) throw error;
        if (error.failure === 'refused') throw new AppError('URL_NOT_ALLOWED');
      }
    },
    async open(proxyUrl, { encryption, ...to }) {
      try {
        const proxy = parseProxyUrl(proxyUrl, { allow });
        const socket = await reach(proxy);
        const connect = proxy.protocol === 'socks5' ? connectBySocks5 : connectByHttp;
        return await inTime(socket, async (signal) => {
          await connect(socket, { to, credentials: proxy.credentials });
          return encryption === 'none' ? socket : await startTls(socket, { host: to.host, ca, signal });
        });
      } catch (cause) {
        throw new ProxyTunnelError(cause);
      }
    },
  };
}
