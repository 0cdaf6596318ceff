import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { DeviceCause } from '../../src/devices/device.ts';
import {
  createDeviceRepository,
  type NewDevice,
  type ProxySealer,
} from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import type { NewEvent } from '../../src/events/event-log.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { createTestEventLog, newEvent } from '../support/event-log.ts';

/** Reverses the text; enough to see that only sealed text is stored, and for which device. */
const proxySealer: ProxySealer = {
  seal: (proxyUrl, deviceId) => `${deviceId}|${[...proxyUrl].reverse().join('')}`,
  open(sealed, deviceId) {
    if (!sealed.startsWith(`${deviceId}|`)) throw new Error('sealed for another device');
    return [...sealed.slice(deviceId.length + 1)].reverse().join('');
  },
};

const device = (name: string, fields: Partial<NewDevice> = {}): NewDevice => ({
  deviceId: name as DeviceId,
  deviceName: null,
  tags: [],
  proxyUrl: null,
  settings: DEFAULT_DEVICE_SETTINGS,
  ...fields,
});

const cause: DeviceCause = {
  code: 'connection_lost',
  source: 'stream',
  reason: 'The connection was lost',
  retryAt: new Date('2026-11-20T08:30:01.500Z'),
  action: null,
};

describeOnEachDatabase('the device repository', (open) => {
  const repository = (database: Database) =>
    createDeviceRepository({ database, clock: systemClock, proxySealer });

  it('gives a new device back as it was added, with its first values', async () => {
    const devices = repository(await open());
    const added = await devices.add(device('one', { deviceName: 'Zoë 📱', tags: ['a', 'b'] }));
    expect(added).toMatchObject({
      deviceId: 'one',
      recordNumber: 1,
      deviceName: 'Zoë 📱',
      tags: ['a', 'b'],
      desired: 'stopped',
      linkState: 'new',
      lastStatus: 'created',
      lastCause: null,
      jid: null,
    });
    expect(await devices.find('one' as DeviceId)).toEqual(added);
    expect(await devices.find('ONE' as DeviceId)).toBeNull();
  });

  it('refuses a second device of the same id and keeps the first', async () => {
    const devices = repository(await open());
    const first = await devices.add(device('same', { deviceName: 'first' }));
    await expect(devices.add(device('same', { deviceName: 'second' }))).rejects.toMatchObject({
      code: 'DEVICE_EXISTS',
    });
    expect(await devices.list()).toEqual([first]);
  });

  it('numbers devices without gaps or doubles when two processes add at once', async () => {
    const url = await open.freshUrl();
    const { migrate } = await import('../../src/database/migrate.ts');
    const { silentLogger } = await import('../../src/shared/logger.ts');
    const [one, two] = [await open(url), await open(url)];
    await migrate(one, { log: silentLogger });
    const ids = Array.from({ length: 24 }, (_, index) => `device-${index}`);
    await Promise.all(ids.map((id, index) => repository(index % 2 === 0 ? one : two).add(device(id))));
    const numbers = (await repository(one).list()).map(({ recordNumber }) => recordNumber);
    expect(numbers).toEqual(ids.map((_, index) => index + 1));
  });

  it('changes only what it is told to', async () => {
    const devices = repository(await open());
    const added = await devices.add(device('d', { deviceName: 'name', tags: ['x'] }));
    const change = {
      lastStatus: 'reconnecting',
      lastCause: cause,
      pushName: 'p'.repeat(300),
      desired: 'running',
    } as const;
    expect(await devices.update(added.deviceId, change)).toBe(true);
    const changed = await devices.find(added.deviceId);
    expect(changed).toEqual({
      ...added,
      ...change,
      pushName: 'p'.repeat(191),
      updatedAt: changed?.updatedAt,
    });
    await devices.update(added.deviceId, { lastCause: null, pushName: null, deviceName: null });
    expect(await devices.find(added.deviceId)).toMatchObject({
      lastCause: null,
      pushName: null,
      deviceName: null,
    });
    expect(await devices.update('nobody' as DeviceId, { desired: 'stopped' })).toBe(false);
  });

  it('stores a proxy sealed for its device', async () => {
    const database = await open();
    const devices = repository(database);
    const proxyUrl = 'http://user:secret@proxy.test:8080';
    const { deviceId } = await devices.add(device('d', { proxyUrl }));
    const [row] = await database.query<{ proxy_sealed: string }>({
      text: 'select proxy_sealed from device',
      params: [],
    });
    expect(row?.proxy_sealed).not.toContain('secret');
    expect(await devices.find(deviceId)).toMatchObject({ proxyUrl });
    await devices.update(deviceId, { proxyUrl: 'socks5://p.test' });
    expect(await devices.find(deviceId)).toMatchObject({ proxyUrl: 'socks5://p.test' });
    await devices.update(deviceId, { proxyUrl: null });
    expect(await devices.find(deviceId)).toMatchObject({ proxyUrl: null });
  });

  describe('taking a device away', () => {
    const tables = ['auth_creds', 'outbound_message', 'contact', 'device_health', 'device_lease', 'device'];
    const countRows = async (database: Database) =>
      Promise.all(
        tables.map(async (table) => {
          const rows = await database.query({ text: `select device_id from ${table}`, params: [] });
          return rows.length;
        }),
      );

    async function withTwoDevices() {
      const database = await open();
      const devices = repository(database);
      const now = new Date();
      for (const name of ['gone', 'stays']) {
        await devices.add(device(name));
        await database.writeAtomically({
          statements: [
            {
              text: 'insert into auth_creds (device_id, epoch, version, `blob`, updated_at) values (?, 1, 1, ?, ?)',
              params: [name, Buffer.from('x'), now],
            },
            {
              text: `insert into outbound_message (id, device_id, wa_message_id, chat_jid, kind, status, attempts, due_at, created_at)
                values (?, ?, 'w', 'c', 'text', 'queued', 0, ?, ?)`,
              params: [name, name, now, now],
            },
            { text: "insert into contact (device_id, jid) values (?, 'c')", params: [name] },
            {
              text: 'insert into device_health (device_id, updated_at) values (?, ?)',
              params: [name, now],
            },
            {
              text: 'insert into device_lease (device_id, epoch, updated_at) values (?, 5, ?)',
              params: [name, now],
            },
          ],
        });
      }
      return { database, devices };
    }

    it('leaves history and session when only the registration goes', async () => {
      const { database, devices } = await withTwoDevices();
      expect(await devices.remove('gone' as DeviceId)).toBe(true);
      expect(await devices.remove('gone' as DeviceId)).toBe(false);
      expect(await countRows(database)).toEqual([2, 2, 2, 2, 2, 1]);
    });

    it('takes a history of any length', async () => {
      const { database, devices } = await withTwoDevices();
      const insert = `insert into outbound_message (id, device_id, wa_message_id, chat_jid, kind, status, attempts, due_at, created_at)
        values (?, 'gone', ?, 'c', 'text', 'queued', 0, ?, ?)`;
      const statements = Array.from({ length: 1_100 }, (_, index) => ({
        text: insert,
        params: [`m${index}`, `w${index}`, new Date(), new Date()],
      }));
      await database.writeAtomically({ statements });
      await devices.purge('gone' as DeviceId);
      expect(await countRows(database)).toEqual([1, 1, 1, 1, 2, 1]);
    });

    it('leaves of its events that there were some', async () => {
      const { database, devices } = await withTwoDevices();
      const log = createTestEventLog(database);
      const told = { phoneNumber: '6281200000001' };
      const of = (name: string, fields: Partial<NewEvent> = {}) =>
        newEvent({ deviceId: name as DeviceId, type: 'status', data: told, ...fields });
      const gone = Array.from({ length: 501 }, () => of('gone'));
      const end = of('gone', { type: 'disconnected', data: { reason: 'removed' } });
      await log.append([...gone, of('stays'), end]);
      await devices.purge('gone' as DeviceId);
      const events = await log.after(0, 1_000);
      expect(events.slice(0, 501).map(({ id }) => id)).toEqual(gone.map(({ id }) => id));
      expect(events.slice(0, 501).every(({ data }) => Object.keys(data).length === 0)).toBe(true);
      expect(events.slice(501).map(({ data }) => data)).toEqual([told, { reason: 'removed' }]);
    });

    it('takes everything but the epoch when it is purged', async () => {
      const { database, devices } = await withTwoDevices();
      await devices.purge('gone' as DeviceId);
      await devices.purge('gone' as DeviceId);
      expect(await countRows(database)).toEqual([1, 1, 1, 1, 2, 1]);
      expect((await devices.list()).map(({ deviceId }) => deviceId)).toEqual(['stays']);
    });
  });
});
