import { AppError } from '../shared/errors.ts';
import { formatJid, GROUP_SERVER, type Jid, jidParts, LID_SERVER, PN_SERVER, parseJid } from './jid.ts';
import { type DefaultCountry, findPhoneNumber } from './phone-number.ts';

/**
 * Whom to send to, from what a caller wrote: a phone number in any form, or a JID of a person, a LID or a group.
 * Throws RECIPIENT_INVALID.
 */
export function parseRecipient(text: string, defaultCountry: DefaultCountry): Jid {
  const trimmed = text.trim();
  if (trimmed.includes('@')) return parseAddress(trimmed, defaultCountry);
  return formatJid({ user: numberOf(trimmed, defaultCountry), server: PN_SERVER });
}

/** The group somebody means: its JID, or the part before the `@`. Throws RECIPIENT_INVALID. */
export function parseGroup(text: string): Jid {
  const [user = '', server = GROUP_SERVER, ...rest] = text.trim().toLowerCase().split('@');
  if (server !== GROUP_SERVER || rest.length > 0) throw new AppError('RECIPIENT_INVALID');
  return groupJid(user);
}

/** Messages go to people and groups, not to one of their devices, so a device part is dropped. */
function parseAddress(text: string, defaultCountry: DefaultCountry): Jid {
  const jid = parseJid(text.toLowerCase());
  if (!jid) throw new AppError('RECIPIENT_INVALID');
  const { user, server } = jidParts(jid);
  switch (server) {
    case PN_SERVER:
      return formatJid({ user: phoneUser(user, defaultCountry), server });
    case LID_SERVER:
      if (!/^\d{5,20}$/.test(user)) throw new AppError('RECIPIENT_INVALID');
      return formatJid({ user, server });
    case GROUP_SERVER:
      return groupJid(user);
    default:
      throw new AppError('RECIPIENT_INVALID');
  }
}

/** The user of a phone-number JID is international already; only a leading zero shows that somebody glued it. */
function phoneUser(user: string, defaultCountry: DefaultCountry): string {
  if (user.startsWith('0')) return numberOf(user, defaultCountry);
  if (!/^\d{5,15}$/.test(user)) throw new AppError('RECIPIENT_INVALID');
  return user;
}

function numberOf(text: string, defaultCountry: DefaultCountry): string {
  const digits = findPhoneNumber(text, defaultCountry);
  if (digits === null) throw new AppError('RECIPIENT_INVALID');
  return digits;
}

/** A long number, in old groups the founder's number and a time stamp. */
function groupJid(user: string): Jid {
  if (!/^\d{5,20}(-\d{5,20})?$/.test(user)) throw new AppError('RECIPIENT_INVALID');
  return formatJid({ user, server: GROUP_SERVER });
}
