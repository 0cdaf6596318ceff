import { AppError } from '../shared/errors.ts';
import type { AllowList } from './allow-list.ts';
import { isInnerHost, readUrl } from './url-host.ts';

/** Which URLs a door opens for. */
export interface UrlRules {
  readonly allow: AllowList;
  /** Without it http is for what the allow-list admits; https is always taken. */
  readonly plainHttp: 'refused' | 'allowed';
  /** Ports that need no entry in the allow-list. */
  readonly ports: ReadonlySet<number>;
}

/** A URL that was parsed once; everything after works on these fields and never on the text again. */
export interface OutsideUrl {
  readonly protocol: 'https:' | 'http:';
  /** Lower case, ASCII; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, as they go on the wire. */
  readonly path: string;
  /** The whole URL without its fragment. */
  readonly href: string;
  /** The scheme, the port or the host is one that only the allow-list opens, so every address must be on it. */
  readonly needsAllowance: boolean;
}

export const STANDARD_PORTS: ReadonlySet<number> = new Set([80, 443, 8443]);

/**
 * Reads a URL that somebody else chose. Throws AppError URL_INVALID for what is no URL we speak, and URL_NOT_ALLOWED for one
 * that no address could make acceptable. A name that passes here must still be resolved and vetted (egress-vetting.ts).
 */
export function parseOutsideUrl(text: string, { allow, plainHttp, ports }: UrlRules): OutsideUrl {
  const { url, host } = readUrl(text);
  const isHttps = url.protocol === 'https:';
  if ((!isHttps && url.protocol !== 'http:') || hasUser(text, url)) throw new AppError('URL_INVALID');
  const port = url.port === '' ? (isHttps ? 443 : 80) : Number(url.port);
  const isSchemeOpen = isHttps || plainHttp === 'allowed';
  const needsAllowance = !isSchemeOpen || !ports.has(port) || isInnerHost(host);
  if (needsAllowance && !allow.couldAdmit({ host, port })) throw new AppError('URL_NOT_ALLOWED');
  const path = url.pathname + url.search;
  const href = url.origin + path;
  return { protocol: isHttps ? 'https:' : 'http:', host, port, path, href, needsAllowance };
}

/** The parser forgets an empty user name; whoever wrote one meant to mislead somebody. */
function hasUser(text: string, { username, password }: URL): boolean {
  return username !== '' || password !== '' || /^[^/?#]*\/\/[^/?#]*@/.test(text);
}
