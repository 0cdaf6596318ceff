import { isIP } from 'node:net';
import { isPlainAddress, kindOfAddress } from './address-policy.ts';
import type { AllowList } from './allow-list.ts';
import { EgressError } from './egress-error.ts';
import type { HostResolver } from './egress-resolver.ts';
import type { OutsideUrl } from './egress-url.ts';

/** Where a connection may go, and nowhere else: the name was resolved once and every answer was found acceptable. */
export interface VettedPlace {
  readonly host: string;
  readonly port: number;
  /** Never empty; sorted, so that the same answers in another order are the same place. */
  readonly addresses: readonly string[];
}

export interface VettingDeps {
  readonly resolver: HostResolver;
  readonly allow: AllowList;
}

/**
 * Resolves the host and judges every answer: one that is not acceptable refuses them all, since a name that answers with
 * both is an attack or a mistake. Throws EgressError refused or unresolved.
 */
export async function vetPlace(
  { host, port, needsAllowance }: Pick<OutsideUrl, 'host' | 'port' | 'needsAllowance'>,
  { resolver, allow }: VettingDeps,
): Promise<VettedPlace> {
  const resolve = allow.namesHost({ host, port }) ? resolver.bySystem : resolver.byDns;
  const addresses = isIP(host) !== 0 ? [host] : await answersOf(resolve(host));
  const isAcceptable = (address: string) =>
    isPlainAddress(address) &&
    ((!needsAllowance && kindOfAddress(address) === 'public') || allow.admits({ host, address, port }));
  if (!addresses.every(isAcceptable)) throw new EgressError('refused');
  return { host, port, addresses: [...new Set(addresses)].sort() };
}

async function answersOf(query: Promise<readonly string[]>): Promise<readonly string[]> {
  const answers = await query.catch((cause: unknown) => {
    throw new EgressError('unresolved', { cause });
  });
  if (answers.length === 0) throw new EgressError('unresolved');
  return answers;
}
