/** A WhatsApp address, `user@server` or `user:device@server`, normalised: no `:0`, no agent part. */
export type Jid = string & { readonly __brand: 'Jid' };

/** A JID taken apart; device 0 is the phone itself. */
export interface JidParts {
  readonly user: string;
  readonly device: number;
  readonly server: string;
}

/** The servers a person or a group can live on: phone number, hidden id, group. */
export const PN_SERVER = 's.whatsapp.net';
export const LID_SERVER = 'lid';
export const GROUP_SERVER = 'g.us';

/** `user_agent:device@server`; status@broadcast and newsletters have words or digits as user. */
const JID_PATTERN = /^([a-zA-Z0-9.-]*)(?:_\d+)?(?::(\d{1,5}))?@([a-z][a-z.]*)$/;

/** Reads an address of the wire or of a caller; null when it is none. `@c.us` is the old spelling of a phone number. */
export function parseJid(text: string): Jid | null {
  const match = JID_PATTERN.exec(text);
  if (!match) return null;
  const [, user = '', device, server = ''] = match;
  if (user === '' && server !== PN_SERVER) return null;
  return formatJid({ user, device: Number(device ?? 0), server: server === 'c.us' ? PN_SERVER : server });
}

/** Puts the parts together; device 0 is left out. */
export function formatJid({ user, device = 0, server }: Omit<JidParts, 'device'> & { device?: number }): Jid {
  const name = device === 0 ? user : `${user}:${device}`;
  return (name === '' ? server : `${name}@${server}`) as Jid;
}

/** The parts of an address that is a Jid already. */
export function jidParts(jid: Jid): JidParts {
  const at = jid.lastIndexOf('@');
  const [user = '', device = '0'] = jid.slice(0, Math.max(at, 0)).split(':');
  return { user, device: Number(device), server: jid.slice(at + 1) };
}

/** The same person or group without the device part. */
export function withoutDevice(jid: Jid): Jid {
  const { user, server } = jidParts(jid);
  return formatJid({ user, server });
}

export function isLid(jid: Jid): boolean {
  return jidParts(jid).server === LID_SERVER;
}

export function isGroup(jid: Jid): boolean {
  return jidParts(jid).server === GROUP_SERVER;
}

/** The phone number (digits, no plus) behind an address; null for LIDs, groups and everything else. */
export function phoneNumberOf(jid: Jid): string | null {
  const { user, server } = jidParts(jid);
  return server === PN_SERVER && /^\d{5,15}$/.test(user) ? user : null;
}
