import { EgressError } from './egress-error.ts';
import { type OutsideUrl, parseOutsideUrl, type UrlRules } from './egress-url.ts';

interface Hop {
  readonly url: OutsideUrl;
  readonly headers: Readonly<Record<string, string>>;
}

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** What may be told to a host the caller did not name: no credentials, no signatures. */
const HARMLESS: readonly string[] = ['accept', 'range', 'user-agent'];

/**
 * Where an answer sends a GET or HEAD next; null: it is the answer. Throws EgressError refused where the next address loses
 * the encryption of this one, and AppError where its URL is not allowed.
 */
export function followRedirect(options: {
  url: OutsideUrl;
  headers: Hop['headers'];
  status: number;
  location: string | undefined;
  rules: UrlRules;
}): Hop | null {
  const { url, headers, status, location, rules } = options;
  if (!REDIRECTS.includes(status) || location === undefined) return null;
  if (!URL.canParse(location, url.href)) throw new EgressError('http-protocol', { status });
  const next = parseOutsideUrl(new URL(location, url.href).href, rules);
  if (url.protocol === 'https:' && next.protocol === 'http:') throw new EgressError('refused');
  const isSameOrigin = next.protocol === url.protocol && next.host === url.host && next.port === url.port;
  const harmless = Object.entries(headers).filter(([name]) => HARMLESS.includes(name.toLowerCase()));
  return { url: next, headers: isSameOrigin ? headers : Object.fromEntries(harmless) };
}
