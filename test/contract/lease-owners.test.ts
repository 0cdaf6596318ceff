import { expect, it } from 'vitest';
import { createDeviceRepository } from '../../src/devices/device-repository.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import { createLeaseKeeper } from '../../src/leases/lease-keeper.ts';
import { createLeaseOwners } from '../../src/leases/lease-owners.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { createManualClock } from '../fakes/manual-clock.ts';
import { deviceIdOf, temporaryFolder } from '../support/auth.ts';
import { describeOnEachDatabase } from '../support/databases.ts';

describeOnEachDatabase('who owns a device, asked from outside', (open) => {
  const prepare = async () => {
    const database = await open();
    const proxySealer = { seal: (text: string) => text, open: (text: string) => text };
    const devices = createDeviceRepository({ database, clock: systemClock, proxySealer });
    const clock = createManualClock();
    const owners = createLeaseOwners({ database, clock });
    const keeper = createLeaseKeeper({
      database,
      clock: systemClock,
      ids: createIds({ clock: systemClock, random: systemRandom }),
      log: silentLogger,
      dataDir: temporaryFolder(),
    });
    const ana = deviceIdOf('ana');
    await devices.add({
      deviceId: ana,
      deviceName: null,
      tags: [],
      proxyUrl: null,
      settings: DEFAULT_DEVICE_SETTINGS,
    });
    return { devices, owners, keeper, clock, ana };
  };

  it('names the node while it lives', async () => {
    const { owners, keeper, clock, ana } = await prepare();
    expect(await owners.nodeOf(ana)).toBeNull();
    expect(await owners.liveNodes()).toEqual([]);
    await keeper.start();
    await keeper.claim(ana);
    expect(await owners.liveNodes()).toEqual([keeper.nodeId()]);
    // What was answered holds for two seconds.
    expect(await owners.nodeOf(ana)).toBeNull();
    clock.advance(2_000);
    expect(await owners.nodeOf(ana)).toBe(keeper.nodeId());
    await keeper.stop();
    clock.advance(2_000);
    expect(await owners.nodeOf(ana)).toBeNull();
    expect(await owners.liveNodes()).toEqual([]);
  });

  it('believes that a device is connected only while its owner lives', async () => {
    const { devices, owners, keeper, ana } = await prepare();
    await devices.update(ana, { lastStatus: 'connected' });
    expect(await owners.isConnected(ana)).toBe(false);
    await keeper.start();
    await keeper.claim(ana);
    expect(await owners.isConnected(ana)).toBe(true);
    await devices.update(ana, { lastStatus: 'reconnecting' });
    expect(await owners.isConnected(ana)).toBe(false);
    await keeper.stop();
  });
});
