import type { AuthenticationCreds, SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import { jidParts, parseJid } from './jid.ts';

/**
 * Keeps the library from learning that our own number and somebody else's LID are one person, which it would conclude from a copy
 * of our own message: our own sessions would then be looked up at the contact. Changes the repository it is given.
 */
export function refuseForeignOwnMappings(
  { lidMapping }: SignalRepositoryWithLIDStore,
  creds: AuthenticationCreds,
): void {
  const store = lidMapping.storeLIDPNMappings.bind(lidMapping);
  lidMapping.storeLIDPNMappings = (pairs) => {
    const own = [userOf(creds.me?.id), userOf(creds.me?.lid)];
    const isOwn = (jid: string) => own.includes(userOf(jid));
    // Without our LID nothing can be told apart, and the first mapping of our own must not be lost.
    return store(own.includes(null) ? pairs : pairs.filter(({ lid, pn }) => isOwn(lid) === isOwn(pn)));
  };
}

function userOf(jid: string | undefined): string | null {
  const parsed = parseJid(jid ?? '');
  return parsed && jidParts(parsed).user;
}
