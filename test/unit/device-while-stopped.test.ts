import { expect, it } from 'vitest';
import type { DeviceId } from '../../src/shared/ids.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';

const nothing = async () => ({ result: null });

it('holds the lease while the work runs, and the row takes over what came of it', async () => {
  const world = createDeviceWorld([{}]);
  const seen = await world.manager.whileStopped(ANA, async ({ device, epoch }) => {
    expect(world.leases.held().get(ANA)).toBe(epoch);
    return { result: device.deviceId, change: { linkState: 'linked', phoneNumber: '6281200000001' } };
  });
  expect(seen).toBe(ANA);
  expect(world.leases.held().has(ANA)).toBe(false);
  expect(world.row()).toMatchObject({
    linkState: 'linked',
    phoneNumber: '6281200000001',
    desired: 'stopped',
  });
  expect(world.view()).toMatchObject({ status: 'disconnected', hasSession: true });
});

it('lets nobody start the device meanwhile', async () => {
  const world = createDeviceWorld();
  const order: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const working = world.manager.whileStopped(ANA, async () => {
    await gate;
    order.push('worked');
    return { result: null };
  });
  const starting = world.manager.start(ANA).then(() => order.push('started'));
  await world.settle();
  expect(world.whatsApp.sockets).toHaveLength(0);
  open();
  await Promise.all([working, starting]);
  expect(order).toEqual(['worked', 'started']);
});

it('leaves the lease and the device as they are when the work fails', async () => {
  const world = createDeviceWorld([{}]);
  const failing = () => Promise.reject(new Error('no such file'));
  await expect(world.manager.whileStopped(ANA, failing)).rejects.toThrow('no such file');
  expect(world.leases.held().has(ANA)).toBe(false);
  expect(world.view().status).toBe('created');
});

it('is refused while the device runs, whose lease it does not touch', async () => {
  const world = createDeviceWorld();
  await world.connect();
  await expect(world.manager.whileStopped(ANA, nothing)).rejects.toMatchObject({ code: 'DEVICE_RUNNING' });
  expect(world.leases.held().has(ANA)).toBe(true);
  expect(world.view().status).toBe('connected');
});

it('is refused for a device that waits for a process to run it, which this one then may', async () => {
  const world = createDeviceWorld([{ linkState: 'linked', desired: 'running', lastStatus: 'connected' }]);
  await expect(world.manager.whileStopped(ANA, nothing)).rejects.toMatchObject({ code: 'DEVICE_RUNNING' });
  expect(world.leases.held().has(ANA)).toBe(false);
  expect(world.manager.stateOf(ANA)).toBeNull();
});

it('is refused for unknown devices and those of another process', async () => {
  const world = createDeviceWorld();
  await expect(world.manager.whileStopped('nobody' as DeviceId, nothing)).rejects.toMatchObject({
    code: 'DEVICE_NOT_FOUND',
  });
  world.leases.takeAway(ANA);
  await expect(world.manager.whileStopped(ANA, nothing)).rejects.toMatchObject({
    code: 'DEVICE_OWNED_ELSEWHERE',
  });
});
