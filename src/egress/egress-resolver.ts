import { lookup, Resolver } from 'node:dns/promises';

/** Turns names into addresses. Both reject, or answer with nothing, when the name has none. */
export interface HostResolver {
  /** By DNS alone, for names that strangers choose. */
  byDns(host: string): Promise<readonly string[]>;
  /** As every program of this machine does (hosts file, search domains, mDNS), for names the operator listed. */
  bySystem(host: string): Promise<readonly string[]>;
}

const QUERY_MS = 2_000;
const QUERY_TRIES = 2;

/**
 * The resolver of the machine. A stranger's name must not go through getaddrinfo: it runs on the few threads that files and
 * cryptography share, and four names whose servers never answer would hold them all. `servers`: other than the machine's.
 */
export function createSystemResolver({ servers }: { servers?: readonly string[] } = {}): HostResolver {
  const dns = new Resolver({ timeout: QUERY_MS, tries: QUERY_TRIES });
  if (servers) dns.setServers(servers);
  return {
    async byDns(host) {
      const [four, six] = await Promise.allSettled([dns.resolve4(host), dns.resolve6(host)]);
      if (four.status === 'rejected' && six.status === 'rejected') throw four.reason;
      return [four, six].flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    },
    async bySystem(host) {
      const answers = await lookup(host, { all: true, order: 'verbatim' });
      return answers.map(({ address }) => address);
    },
  };
}
