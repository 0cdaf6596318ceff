import { expect, it } from 'vitest';
import type { DeviceDetails } from '../../src/devices/device-view.ts';
import { createRecordService, type GroupLinks } from '../../src/reports/record-service.ts';
import type { DeviceId } from '../../src/shared/ids.ts';

const ALL = { deviceIds: null, mayUse: () => true };
const shop = 'shop' as DeviceId;
const LINK = {
  groupId: '1@g.us',
  subject: 'Toko',
  participantCount: 3,
  inviteLink: 'https://chat.whatsapp.com/x',
};

/** One device, connected or not. */
function createService(isConnected: boolean, groupLinks: GroupLinks) {
  const note = { deviceId: shop, recordNumber: 1, phoneNumber: null, note: null, userId: null };
  return createRecordService({
    records: {
      find: async (name) => (name === 'shop' || name === '1' ? note : null),
      list: async () => [note],
      update: async () => {},
    },
    devices: {
      list: async () => ({ items: [], counts: {} }),
      view: async () => ({ isConnected }) as DeviceDetails,
    },
    groupLinks,
  });
}

it('asks a connected device for its group links', async () => {
  const asked: string[] = [];
  const service = createService(true, async (deviceId) => {
    asked.push(deviceId);
    return [LINK];
  });
  expect(await service.groupLinks('1', ALL)).toEqual([LINK]);
  expect(asked).toEqual(['shop']);
});

it.each([
  ['nobody', true, 'DEVICE_NOT_FOUND'],
  ['shop', false, 'DEVICE_NOT_CONNECTED'],
])('%s (connected: %s) has none to show', async (name, isConnected, code) => {
  const service = createService(isConnected, async () => [LINK]);
  await expect(service.groupLinks(name, ALL)).rejects.toMatchObject({ code });
});

it('a viewer limited to other devices finds nothing', async () => {
  const service = createService(true, async () => [LINK]);
  const limited = { deviceIds: ['till'], mayUse: (deviceId: string) => deviceId === 'till' };
  await expect(service.find('shop', limited)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
});
