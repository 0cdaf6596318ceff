import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';

const SECOND = 1_000;
const running: Partial<Device>[] = [{ linkState: 'linked', desired: 'running', lastStatus: 'connected' }];

describe('a fleet', () => {
  const many = Array.from({ length: 150 }, (_, index): Partial<Device> => {
    const linkState = index < 120 ? 'linked' : 'logged_out';
    return { deviceId: `device-${index}` as DeviceId, linkState, desired: 'running' };
  });

  it('is restored in its own time: a burst, then ten a second', async () => {
    const world = createDeviceWorld(many);
    const results = await world.manager.restoreAll('wanted');
    expect(results).toHaveLength(120);
    await world.settle();
    const openAll = () => {
      for (const socket of world.whatsApp.sockets) if (!socket.isClosed()) socket.opens();
    };
    for (let turn = 0; turn < 5; turn += 1) {
      openAll();
      await world.settle();
    }
    expect(world.whatsApp.sockets).toHaveLength(100);
    await world.pass(SECOND);
    expect(world.whatsApp.sockets).toHaveLength(110);
    await world.pass(SECOND);
    expect(world.whatsApp.sockets).toHaveLength(120);
  });

  it('takes over what a dead process left, and leaves alone what another one runs', async () => {
    const world = createDeviceWorld(running);
    world.leases.takeAway(ANA);
    await world.manager.restoreAll('wanted');
    await world.settle();
    expect(world.manager.stateOf(ANA)).toBeNull();
    expect(world.row().lastStatus).toBe('connected');
    world.leases.giveBack(ANA);
    world.leases.orphans = [ANA];
    await world.pass(2 * SECOND);
    expect(world.manager.stateOf(ANA)?.status).toBe('connecting');
  });

  it('closes a device at once when its lease is gone, and forgets it', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    world.leases.takeAway(ANA);
    world.leases.lose(ANA);
    expect(socket.isClosed()).toBe(true);
    expect(world.manager.stateOf(ANA)).toBeNull();
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(1);
  });

  it('closes everything when no lease can be proven, and comes back', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    world.leases.lose('all');
    expect(socket.isClosed()).toBe(true);
    expect(world.view()).toMatchObject({ status: 'reconnecting', cause: { code: 'store_unavailable' } });
    await world.pass(SECOND);
    expect(world.whatsApp.sockets).toHaveLength(2);
  });

  it('gives way when it was replaced by the new owner of its lease', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    world.leases.takeAway(ANA);
    socket.ends({ source: 'stream', code: 440 });
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(1);
    expect(world.manager.stateOf(ANA)).toBeNull();
  });

  it('shuts down: sockets closed, wishes kept', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    await world.manager.shutdown();
    expect(socket.isClosed()).toBe(true);
    expect(world.row()).toMatchObject({ desired: 'running', lastStatus: 'disconnected' });
    await world.restarted().restoreAll('wanted');
    await world.settle();
    expect(world.whatsApp.sockets).toHaveLength(2);
  });
});
