import type { AuthenticationCreds, SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import { isLid, jidParts, parseJid, withoutDevice } from './jid.ts';
import type { IdentityPair } from './socket.ts';

interface MappingDeps {
  readonly creds: AuthenticationCreds;
  /** The library learned these, or was told them again; at once, and not stored yet. */
  onIdentities(pairs: readonly IdentityPair[]): void;
}

/**
 * Keeps the library from learning that our own number and somebody else's LID are one person, which it would conclude from a copy
 * of our own message: our own sessions would then be looked up at the contact. Passes on what it does learn. Changes the
 * repository it is given.
 */
export function watchOwnMappings(
  { lidMapping }: SignalRepositoryWithLIDStore,
  { creds, onIdentities }: MappingDeps,
): void {
  const store = lidMapping.storeLIDPNMappings.bind(lidMapping);
  lidMapping.storeLIDPNMappings = (pairs) => {
    const own = [userOf(creds.me?.id), userOf(creds.me?.lid)];
    const isOwn = (jid: string) => own.includes(userOf(jid));
    // Without our LID nothing can be told apart, and the first mapping of our own must not be lost.
    const believed = own.includes(null) ? pairs : pairs.filter(({ lid, pn }) => isOwn(lid) === isOwn(pn));
    onIdentities(believed.flatMap((pair) => toPair(pair) ?? []));
    return store(believed);
  };
}

function toPair({ lid, pn }: { lid: string; pn: string }): IdentityPair | null {
  const [one, other] = [parseJid(lid), parseJid(pn)];
  return one && other && isLid(one) ? { lid: withoutDevice(one), pn: withoutDevice(other) } : null;
}

function userOf(jid: string | undefined): string | null {
  const parsed = parseJid(jid ?? '');
  return parsed && jidParts(parsed).user;
}
