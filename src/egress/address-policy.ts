import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * `public`: anybody on the internet may be there. `inner`: a network somebody owns (loopback, private, shared, unique
 * local). `metadata`: what a cloud tells a machine about itself, credentials included. `special`: all the rest.
 */
export type AddressKind = 'public' | 'inner' | 'metadata' | 'special';

type Range = readonly [string, number];

const INNER: readonly Range[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
];

/** Most are link-local or private anyway; Azure's is an ordinary public address, which only this list knows. */
const METADATA: readonly Range[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
  ['fd00:42::42', 128],
];

/** All that is allocated as global unicast (IANA); whatever is outside is refused without knowing why it exists. */
const GLOBAL_IPV6: Range = ['2000::', 3];

/** Forms of IPv6 that carry an IPv4 address, and the byte at which it stands. */
const CARRIERS: readonly { readonly range: Range; readonly at: number; readonly isInverted?: true }[] = [
  { range: ['::', 96], at: 12 },
  { range: ['::ffff:0:0', 96], at: 12 },
  { range: ['::ffff:0:0:0', 96], at: 12 },
  { range: ['64:ff9b::', 96], at: 12 },
  { range: ['64:ff9b:1::', 48], at: 12 },
  { range: ['2002::', 16], at: 2 },
  { range: ['2001::', 32], at: 12, isInverted: true },
];

/** What kind of place an IP address is; a text that is not exactly one address is `special`. */
export function kindOfAddress(address: string): AddressKind {
  if (!isPlainAddress(address)) return 'special';
  if (isInAny(address, METADATA)) return 'metadata';
  if (isInAny(address, INNER)) return 'inner';
  const parsed = ipaddr.parse(address);
  const isGlobal = parsed.kind() === 'ipv4' || isInRange(address, GLOBAL_IPV6);
  const isOrdinary = parsed.range() === 'unicast' && embeddedIpv4(address) === null;
  return isGlobal && isOrdinary ? 'public' : 'special';
}

/** The IPv4 address inside a mapped, compatible, translated (NAT64), 6to4, Teredo or ISATAP form; null: there is none. */
export function embeddedIpv4(address: string): string | null {
  if (isIP(address) !== 6 || !isPlainAddress(address) || address === '::' || address === '::1') return null;
  const bytes = ipaddr.parse(address).toByteArray();
  const carrier = CARRIERS.find(({ range }) => isInRange(address, range));
  if (carrier) {
    const four = bytes.slice(carrier.at, carrier.at + 4);
    return (carrier.isInverted ? four.map((byte) => byte ^ 0xff) : four).join('.');
  }
  return isIsatap(bytes) ? bytes.slice(12).join('.') : null;
}

/** One address and nothing else: no zone (`%eth0`), no shortened, octal or hexadecimal IPv4. */
export function isPlainAddress(address: string): boolean {
  return isIP(address) !== 0 && !address.includes('%');
}

/** Whether the address is in the network `network/bits`; false when they are of different families. */
export function isInRange(address: string, [network, bits]: Range): boolean {
  if (isIP(address) !== isIP(network)) return false;
  return ipaddr.parse(address).match(ipaddr.parse(network), bits);
}

function isInAny(address: string, ranges: readonly Range[]): boolean {
  return ranges.some((range) => isInRange(address, range));
}

/** RFC 5214: an interface identifier that begins 0000:5efe or 0200:5efe. */
function isIsatap(bytes: readonly number[]): boolean {
  const [first, ...rest] = bytes.slice(8, 12);
  return (first === 0 || first === 2) && rest.join() === '0,94,254';
}
