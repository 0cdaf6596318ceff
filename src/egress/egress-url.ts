import { isIP } from 'node:net';
import { AppError } from '../shared/errors.ts';
import { isPlainAddress, kindOfAddress } from './address-policy.ts';
import type { AllowList } from './allow-list.ts';

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
  /** The scheme or the port is one that only the allow-list opens, so every address must be on it. */
  readonly needsAllowance: boolean;
}

export const STANDARD_PORTS: ReadonlySet<number> = new Set([80, 443, 8443]);

const LONGEST_URL = 2_048;
const LONGEST_HOST = 253;
/** What the URL parser would drop or turn around in silence: a second parser might read another host. */
const SUSPICIOUS = /[\p{Cc}\s\\]/u;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Names that mean somebody's own network by RFC 6761, 6762, 8375, 9476 or by habit. */
const INNER_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/**
 * Reads a URL that somebody else chose. Throws AppError URL_INVALID for what is no URL we speak, and URL_NOT_ALLOWED for one
 * that no address could make acceptable. A name that passes here must still be resolved and vetted (egress-vetting.ts).
 */
export function parseOutsideUrl(text: string, rules: UrlRules): OutsideUrl {
  const url = readUrl(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isHttps = url.protocol === 'https:';
  const port = url.port === '' ? (isHttps ? 443 : 80) : Number(url.port);
  checkHost(host);
  const isSchemeOpen = isHttps || rules.plainHttp === 'allowed';
  const needsAllowance = !isSchemeOpen || !rules.ports.has(port) || isInner(host);
  if (needsAllowance && !rules.allow.couldAdmit({ host, port })) throw new AppError('URL_NOT_ALLOWED');
  const path = url.pathname + url.search;
  return {
    protocol: isHttps ? 'https:' : 'http:',
    host,
    port,
    path,
    href: url.origin + path,
    needsAllowance,
  };
}

function readUrl(text: string): URL {
  const isReadable = text.length <= LONGEST_URL && !SUSPICIOUS.test(text) && URL.canParse(text);
  if (!isReadable) throw new AppError('URL_INVALID');
  const url = new URL(text);
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  const hasUser = url.username !== '' || url.password !== '' || /^[^/?#]*\/\/[^/?#]*@/.test(text);
  if (!isHttp || hasUser) throw new AppError('URL_INVALID');
  return url;
}

function checkHost(host: string): void {
  if (isIP(host) !== 0) return;
  const isName = host.length <= LONGEST_HOST && host.split('.').every((label) => LABEL.test(label));
  if (!isName) throw new AppError('URL_INVALID');
}

/** An address that is not public, or a name that only somebody's own network would know. */
function isInner(host: string): boolean {
  if (isPlainAddress(host)) return kindOfAddress(host) !== 'public';
  return !host.includes('.') || INNER_NAMES.test(host);
}
