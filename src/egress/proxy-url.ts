import { AppError } from '../shared/errors.ts';
import type { AllowList } from './allow-list.ts';
import { isInnerHost, readUrl } from './url-host.ts';

export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** A proxy as its URL names it; the host is not vetted yet. */
export interface ProxyServer {
  readonly protocol: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly credentials: ProxyCredentials | null;
  readonly needsAllowance: boolean;
}

const DEFAULT_PORTS = { http: 80, https: 443, socks5: 1080 } as const;

/**
 * Reads the URL of a proxy: http, https or socks5, with credentials or without. Any port is taken, since proxies live on
 * many. Throws AppError URL_INVALID or URL_NOT_ALLOWED.
 */
export function parseProxyUrl(text: string, { allow }: { allow: AllowList }): ProxyServer {
  const [, scheme = '', rest = ''] = /^(https?|socks5):\/\/(.+)$/i.exec(text) ?? [];
  const protocol = protocolOf(scheme);
  if (protocol === null) throw new AppError('URL_INVALID');
  // Only of schemes it knows does the parser turn 0x7f.1 and the like into the addresses they are.
  const { url, host } = readUrl(`http://${rest}`);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw new AppError('URL_INVALID');
  // The parser drops the port 80 of http, which is no default of the other two.
  const port = Number(/:(\d+)\/?$/.exec(rest)?.[1] ?? DEFAULT_PORTS[protocol]);
  const needsAllowance = isInnerHost(host);
  if (port === 0 || (needsAllowance && !allow.couldAdmit({ host, port })))
    throw new AppError('URL_NOT_ALLOWED');
  return { protocol, host, port, credentials: credentialsOf(url), needsAllowance };
}

function protocolOf(scheme: string): ProxyServer['protocol'] | null {
  const known = ['http', 'https', 'socks5'] as const;
  return known.find((each) => each === scheme.toLowerCase()) ?? null;
}

function credentialsOf({ username, password }: URL): ProxyCredentials | null {
  if (username === '' && password === '') return null;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch (cause) {
    throw new AppError('URL_INVALID', {}, { cause });
  }
}
