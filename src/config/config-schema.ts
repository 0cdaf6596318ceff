import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { parseEgressAllowance } from './egress-allow.ts';

/** Every schema here takes the text of one key and says in words what it should have been. */

export function integer(min: number, max: number) {
  const words = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, words)
    .transform(Number)
    .refine((value) => value >= min && value <= max, words);
}

export const flag = z
  .enum(['true', 'false', '1', '0'], 'true or false')
  .transform((text) => text === 'true' || text === '1');

export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `one of ${words.join(', ')}`);
}

export const timezone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // RangeError is how Intl says that it does not know the zone
  }
}, 'an IANA time zone such as Asia/Jakarta');

export const country = z.string().transform((text, context): CountryCode => {
  if (isSupportedCountry(text)) return text;
  context.addIssue({ code: 'custom', message: 'a country of two capital letters such as ID' });
  return z.NEVER;
});
export const deviceId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{3,50}$/, '3 to 50 characters of a-z, A-Z, 0-9, _ and -');
export const longSecret = z.string().min(32, 'at least 32 characters');
export const adminKey = longSecret.regex(/^[\x21-\x7e]+$/, 'printable characters without spaces');

/** One or more keys of 32 bytes, the current one first: key-encryption-key.ts reads them, so the text passes as it is. */
export const keyRing = z
  .string()
  .refine(
    (text) => text.split(',').every((key) => isKey32(key.trim())),
    '32 bytes as 64 hex digits or as base64 (earlier keys may follow, separated by commas)',
  );

function isKey32(text: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(text) || /^[A-Za-z0-9+/]{43}=$/.test(text);
}

export const hexKey32 = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, '64 hex digits')
  .toLowerCase();

export const waVersion = z
  .string()
  .regex(/^\d{1,4}\.\d{1,6}\.\d{1,12}$/, 'three numbers with dots such as 2.3000.1020000000')
  .transform((text): [number, number, number] => {
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    return [major, minor, patch];
  });

/** A URL of one of the protocols; `loopback` refuses every host but this machine. */
export function url({ protocols, loopback }: { protocols: readonly string[]; loopback?: true }) {
  const words = `a ${protocols.map((name) => `${name}//`).join(' or ')} URL${loopback ? ' on the loopback' : ''}`;
  return z.string().refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && (!loopback || isLoopback(hostname));
  }, words);
}

export const databaseUrl = z
  .string()
  .refine(
    (text) => /^file:.+/.test(text) || isServerDatabase(text),
    'a URL such as mysql://user:password@host:3306/name or file:/path/to/file.db',
  );

function isServerDatabase(text: string): boolean {
  if (!/^(mysql|mariadb):/.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && pathname.length > 1;
}

/** Scheme, host and port, nothing after. */
export const httpsLoopbackOrigin = url({ protocols: ['https:'], loopback: true })
  .refine((text) => isOrigin(text), 'an origin without a path')
  .transform((text) => new URL(text).origin);

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost') return true;
  return isIP(host) !== 0 && LOOPBACK.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, pathname, search, hash, username } = new URL(text);
  return origin !== 'null' && pathname === '/' && search === '' && hash === '' && username === '';
}

const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const MOST_WORDS = 50;
export const words = commaList.refine(
  (items) => items.length <= MOST_WORDS && items.every((item) => item.length <= 40),
  `at most ${MOST_WORDS} words of at most 40 characters, separated by commas`,
);

const MOST_TOPICS = 100;
/** A filter as MQTT has it: `+` is a whole level, `#` the rest. */
const TOPIC_FILTER = /^(?:#|(?:\+|[^+#/]*)(?:\/(?:\+|[^+#/]*))*(?:\/#)?)$/;

export const mqttTopics = commaList.transform((items, context) => {
  const topics = items.map((item) => {
    const at = item.indexOf('=');
    return { filter: item.slice(0, Math.max(at, 0)).trim(), list: item.slice(at + 1).trim() };
  });
  const fits = topics.every(
    ({ filter, list }) => isTopicFilter(filter) && list.length >= 1 && list.length <= 100,
  );
  if (fits && topics.length <= MOST_TOPICS) return topics;
  context.addIssue({
    code: 'custom',
    message: `pairs such as plant/+/alarm=Night shift, separated by commas; at most ${MOST_TOPICS}`,
  });
  return z.NEVER;
});

/** Whether a text can be subscribed to at a broker. */
export function isTopicFilter(text: string): boolean {
  return text.length >= 1 && text.length <= 200 && !text.includes('\0') && TOPIC_FILTER.test(text);
}

export const corsOrigins = commaList
  .refine(
    (items) => items.every((item) => isOrigin(item) && /^https?:/.test(item)),
    'http(s) origins such as https://panel.example, separated by commas',
  )
  .transform((items) => items.map((item) => new URL(item).origin));

/** A proxy that is trusted by mistake lets anybody choose the address we see, so "all of them" is refused. */
export const proxyList = commaList.refine(
  (items) => items.every(isAddressOrNetwork),
  'addresses or networks such as 10.0.0.1 or 10.0.0.0/8, separated by commas; not "true" or "*"',
);

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

export const egressAllow = commaList.transform((items, context) => {
  const allowances = items.map(parseEgressAllowance);
  const understood = allowances.filter((each) => each !== null);
  if (understood.length === items.length) return understood;
  context.addIssue({
    code: 'custom',
    message:
      'networks, addresses or host names such as 192.168.1.0/24, 10.0.0.5:8080 or nas.lan:5000, separated by commas; not "*"',
  });
  return z.NEVER;
});

/** The path of a PEM file that holds a certificate. */
export const certificateFile = z.string().refine((file) => {
  try {
    return new X509Certificate(readFileSync(file)).subject !== undefined;
  } catch {
    return false; // missing, unreadable and no certificate all mean the same to the operator
  }
}, 'a readable PEM file with a certificate');
