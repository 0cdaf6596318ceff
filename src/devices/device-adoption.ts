import { importSessionFolders } from '../whatsapp/session-folder-import.ts';
import type { DeviceRepository } from './device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from './device-settings.ts';
import { linkedTo } from './linked-account.ts';

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
    await devices.update(deviceId, { ...linkedTo(account), desired: 'running' });
  }
}
