import { isIP } from 'node:net';
import { AppError } from '../shared/errors.ts';
import { isPlainAddress, kindOfAddress } from './address-policy.ts';

const LONGEST_URL = 2_048;
const LONGEST_HOST = 253;
/** What the URL parser would drop or turn around in silence: a second parser might read another host. */
const SUSPICIOUS = /[\p{Cc}\s\\]/u;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Names that mean somebody's own network by RFC 6761, 6762, 8375, 9476 or by habit. */
const INNER_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** The URL as the standard reads it, host and all. Throws AppError URL_INVALID for text that others might read otherwise. */
export function readUrl(text: string): { url: URL; host: string } {
  if (text.length > LONGEST_URL || SUSPICIOUS.test(text) || !URL.canParse(text)) {
    throw new AppError('URL_INVALID');
  }
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!isAddressOrName(host)) throw new AppError('URL_INVALID');
  return { url, host };
}

function isAddressOrName(host: string): boolean {
  if (isIP(host) !== 0) return true;
  return host.length <= LONGEST_HOST && host.split('.').every((label) => LABEL.test(label));
}

/** An address that is not public, or a name that only somebody's own network would know. */
export function isInnerHost(host: string): boolean {
  if (isPlainAddress(host)) return kindOfAddress(host) !== 'public';
  return !host.includes('.') || INNER_NAMES.test(host);
}
