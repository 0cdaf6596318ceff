import { isIP } from 'node:net';
import type { EgressAllowance } from '../config/egress-allow.ts';
import { embeddedIpv4, isInRange, kindOfAddress } from './address-policy.ts';

/** What the operator opened beyond the public internet. Host names are lower case, addresses without brackets. */
export interface AllowList {
  /** Whether an entry names this host, on this port. */
  namesHost(place: { host: string; port: number }): boolean;
  /** Whether a connection to this address is allowed although a stranger's would not be. */
  admits(place: { host: string; address: string; port: number }): boolean;
  /** Whether some entry could admit this host, depending on the address it resolves to. */
  couldAdmit(place: { host: string; port: number }): boolean;
}

export function createAllowList(allowances: readonly EgressAllowance[]): AllowList {
  const namesHost: AllowList['namesHost'] = ({ host, port }) =>
    allowances.some((each) => each.kind === 'host' && each.host === host && isOnPort(each, port));

  /** A range holds the credentials of a cloud by accident: those are opened by their own address only. */
  const coversAddress = (address: string, port: number) => {
    const needsExact = kindOfAddress(address) === 'metadata';
    return allowances.some(
      (each) =>
        each.kind === 'network' &&
        isOnPort(each, port) &&
        isInRange(address, [each.address, each.bits]) &&
        (!needsExact || each.bits === (isIP(address) === 4 ? 32 : 128)),
    );
  };

  /** Opening a translation prefix such as 64:ff9b::/96 opens no address that is closed when written plainly. */
  const coversCarried = (address: string, port: number) => {
    const carried = embeddedIpv4(address);
    return carried === null || kindOfAddress(carried) === 'public' || coversAddress(carried, port);
  };

  return {
    namesHost,
    admits({ host, address, port }) {
      const kind = kindOfAddress(address);
      if (namesHost({ host, port }) && (kind === 'public' || kind === 'inner')) return true;
      return coversAddress(address, port) && coversCarried(address, port);
    },
    couldAdmit({ host, port }) {
      if (isIP(host) !== 0) return coversAddress(host, port);
      const isNetworkOpen = allowances.some((each) => each.kind === 'network' && isOnPort(each, port));
      return isNetworkOpen || namesHost({ host, port });
    },
  };
}

function isOnPort(allowance: EgressAllowance, port: number): boolean {
  return allowance.port === null || allowance.port === port;
}
