import { isIP } from 'node:net';

/** What EGRESS_ALLOW opens: an address range, or one name; on one port, or on every port where it is null. */
export type EgressAllowance =
  | {
      readonly kind: 'network';
      readonly address: string;
      readonly bits: number;
      readonly port: number | null;
    }
  | { readonly kind: 'host'; readonly host: string; readonly port: number | null };

/** One item of EGRESS_ALLOW, or null when it is none: `10.0.0.0/8`, `10.0.0.5:8080`, `[fd00::5]:8080`, `nas.lan:5000`. */
export function parseEgressAllowance(text: string): EgressAllowance | null {
  if (text.includes('/')) return parseNetwork(text);
  if (isIP(text) === 6) return addressOf(text, null);
  const { host, port, isPlain } = splitPort(text);
  if (!isPlain) return null;
  if (isIP(host) !== 0) return addressOf(host, port);
  return isName(host) ? { kind: 'host', host: host.toLowerCase(), port } : null;
}

/** A prefix of zero bits would be everything, which switches the guard off and is hardly what anybody means. */
function parseNetwork(text: string): EgressAllowance | null {
  const [address = '', bits = '', ...rest] = text.split('/');
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const isLength = /^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= longest;
  if (rest.length > 0 || !isLength || address.includes('%')) return null;
  return { kind: 'network', address, bits: Number(bits), port: null };
}

function addressOf(address: string, port: number | null): EgressAllowance | null {
  if (address.includes('%')) return null;
  return { kind: 'network', address, bits: isIP(address) === 4 ? 32 : 128, port };
}

function splitPort(text: string): { host: string; port: number | null; isPlain: boolean } {
  const [, six, four, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = six ?? four ?? '';
  const port = digits === undefined ? null : Number(digits);
  const isPort = port === null || (port >= 1 && port <= 65_535);
  return { host, port, isPlain: isPort && host !== '' && (six === undefined || isIP(six) === 6) };
}

/** Not a spelling of a number: URLs turn 127.1 and 0x7f000001 into addresses, so such a name would never match. */
function isName(host: string): boolean {
  const labels = host.split('.');
  const isSpelt = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label));
  return isSpelt && host.length <= 253 && !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '');
}
