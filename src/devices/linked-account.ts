import { parseJid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import type { LinkedAccount } from '../whatsapp/session-folder-import.ts';
import type { Device } from './device.ts';

/** What a device's row says once a session of this account is stored for it. */
export function linkedTo(
  account: LinkedAccount,
): Pick<Device, 'linkState' | 'jid' | 'lid' | 'phoneNumber' | 'pushName'> {
  const jid = parseJid(account.id);
  const lid = account.lid === null ? null : parseJid(account.lid);
  return {
    linkState: 'linked',
    jid: jid && withoutDevice(jid),
    lid,
    phoneNumber: jid && phoneNumberOf(jid),
    pushName: account.name,
  };
}
