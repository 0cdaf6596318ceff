import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';

const SECOND = 1_000;
const running: Partial<Device>[] = [{ linkState: 'linked', desired: 'running', lastStatus: 'connected' }];

describe('reconnecting', () => {
  it('keeps the attempts of one outage together and forgets them when connected', async () => {
    const world = createDeviceWorld();
    let socket = await world.connect();
    for (const attempt of [1, 2, 3]) {
      socket.ends({ source: 'local', code: 408, text: 'lost' });
      await world.settle();
      expect(world.view()).toMatchObject({ status: 'reconnecting', connectionAttempts: attempt - 1 });
      await world.pass(5 * SECOND);
      socket = world.whatsApp.last();
      expect(world.view()).toMatchObject({ status: 'connecting', connectionAttempts: attempt });
    }
    socket.opens();
    expect(world.view()).toMatchObject({ status: 'connected', connectionAttempts: 0, cause: null });
  });

  it('stops, entombs and lets go when the phone unlinked it', async () => {
    const world = createDeviceWorld();
    const socket = await world.connect();
    socket.ends({ source: 'stream', code: 401 });
    await world.settle();
    expect(world.view()).toMatchObject({
      status: 'logged_out',
      hasSession: false,
      cause: { code: 'logged_out' },
    });
    expect(world.entombed).toEqual([ANA]);
    expect(world.row()).toMatchObject({ desired: 'stopped', linkState: 'logged_out' });
    expect(world.leases.held().size).toBe(0);
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(1);
  });

  it('waits for the end of a ban, across a restart too', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    const bannedUntil = new Date(world.clock.now().getTime() + 600 * SECOND);
    socket.ends({ source: 'failure', code: 402, bannedUntil });
    await world.settle();
    expect(world.view()).toMatchObject({ status: 'error', cause: { code: 'temp_banned' } });
    expect(world.row().lastCause?.retryAt?.getTime()).toBeGreaterThan(bannedUntil.getTime());
    const next = world.restarted();
    await next.restoreAll('wanted');
    await world.pass(300 * SECOND);
    expect(next.stateOf(ANA)?.status).toBe('error');
    expect(world.whatsApp.sockets).toHaveLength(1);
  });

  it('refreshes the version once for 405, dials with a new one, and stops without', async () => {
    const world = createDeviceWorld();
    world.newVersion = true;
    (await world.connect()).ends({ source: 'failure', code: 405 });
    await world.settle();
    expect(world.whatsApp.sockets).toHaveLength(2);
    world.whatsApp.last().ends({ source: 'failure', code: 405 });
    await world.settle();
    expect(world.view()).toMatchObject({
      status: 'error',
      cause: { code: 'client_outdated', retryAt: null },
    });
    expect(world.whatsApp.sockets).toHaveLength(2);
  });

  it('gives up a login that is never answered', async () => {
    const world = createDeviceWorld();
    await world.manager.start(ANA);
    const socket = world.whatsApp.last();
    await world.pass(44 * SECOND);
    expect(socket.isClosed()).toBe(false);
    await world.pass(SECOND);
    expect(socket.isClosed()).toBe(true);
    expect(world.view()).toMatchObject({ status: 'reconnecting', cause: { code: 'connection_lost' } });
  });

  it('replaces a socket that no longer answers', async () => {
    const world = createDeviceWorld();
    const socket = await world.connect();
    socket.answersProbes = false;
    for (let turn = 0; turn < 6; turn += 1) await world.pass(15 * SECOND);
    expect(socket.isClosed()).toBe(true);
    expect(world.whatsApp.sockets.length).toBeGreaterThan(1);
    expect(world.events).toContainEqual(
      expect.objectContaining({
        type: 'state-changed',
        state: expect.objectContaining({
          status: 'reconnecting',
          cause: expect.objectContaining({ code: 'deaf_socket' }),
        }),
      }),
    );
  });
});
