import { parseJid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import { importSessionFolders } from '../whatsapp/session-folder-import.ts';
import type { DeviceRepository } from './device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from './device-settings.ts';

type AdoptionDeps = Parameters<typeof importSessionFolders>[0] & {
  devices: Pick<DeviceRepository, 'find' | 'add' | 'update'>;
};

/** Takes over session folders of Baileys' file store: the keys go to the database, and each becomes a linked device. */
export async function adoptSessionFolders({ devices, ...deps }: AdoptionDeps): Promise<void> {
  for (const { deviceId, account } of await importSessionFolders(deps)) {
    if (!account) continue;
    const known = await devices.find(deviceId);
    if (!known) {
      const settings = DEFAULT_DEVICE_SETTINGS;
      await devices.add({ deviceId, deviceName: null, tags: [], proxyUrl: null, settings });
    }
    const jid = parseJid(account.id);
    await devices.update(deviceId, {
      linkState: 'linked',
      desired: 'running',
      jid: jid && withoutDevice(jid),
      lid: account.lid === null ? null : parseJid(account.lid),
      phoneNumber: jid && phoneNumberOf(jid),
      pushName: account.name,
    });
  }
}
