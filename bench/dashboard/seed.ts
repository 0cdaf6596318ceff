import { createAllowedNumberRepository } from '../../src/allowed-numbers/allowed-number-repository.ts';
import { createConfig } from '../../src/config/config.ts';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { openFoundation } from '../../src/foundation.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { fillHistory } from '../../test/support/history-rows.ts';

/** Devices that `fillHistory` gives messages to. */
const WITH_HISTORY = 20;

/** Fills a fresh data folder: devices that once were linked and are not to connect, twenty of them with a history. */
export async function seedFleet(
  dataDir: string,
  { devices: count, messages }: { readonly devices: number; readonly messages: number },
): Promise<void> {
  const config = createConfig({ values: { DATA_DIR: dataDir }, unknown: [], directory: dataDir });
  const ids = createIds({ clock: systemClock, random: systemRandom });
  const shared = { clock: systemClock, ids, log: silentLogger, random: systemRandom };
  const foundation = await openFoundation({ ...shared, config });
  const { database } = foundation;
  const devices = createDeviceRepository({
    database,
    clock: systemClock,
    proxySealer: { seal: (text) => text, open: (text) => text },
  });
  const numbers = createAllowedNumberRepository({ database });
  for (let index = 0; index < count; index += 1) {
    const deviceId = `dev-${index}` as DeviceId;
    const phoneNumber = `62811000${index}`;
    const names = { deviceName: `Branch ${index}`, tags: [index % 2 === 0 ? 'jakarta' : 'bandung'] };
    await devices.add({ deviceId, ...names, proxyUrl: null, settings: DEFAULT_DEVICE_SETTINGS });
    const link = { desired: 'stopped', linkState: 'linked', authMethod: 'qr', phoneNumber } as const;
    await devices.update(deviceId, { ...link, lastStatus: 'disconnected' });
    const order = { whatsappNumber: phoneNumber, status: 'aktif' as const, deviceId };
    if (index < WITH_HISTORY) await numbers.add(order, systemClock.now());
  }
  await fillHistory(database, messages);
  await database.run({
    text: `insert into chat (device_id, chat_jid, phone_number, name, is_group, last_message_at, last_message_id, updated_at)
      select device_id, chat_jid, max(contact_number), max(push_name), max(is_group), max(message_timestamp), max(id),
        max(message_timestamp) from history_message group by device_id, chat_jid`,
    params: [],
  });
  await foundation.close();
}
