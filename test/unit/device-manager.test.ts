import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import { DEFAULT_DEVICE_SETTINGS } from '../../src/devices/device-settings.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { AuthStateError } from '../../src/whatsapp/auth-state-error.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';
import { FAKE_JID } from '../fakes/whatsapp-socket.ts';

const SECOND = 1_000;
const fresh: Partial<Device>[] = [{}];
const running: Partial<Device>[] = [{ linkState: 'linked', desired: 'running', lastStatus: 'connected' }];
const retryable = { source: 'local', code: 428 } as const;

describe('starting', () => {
  it('answers what it finds, and dials once', async () => {
    const world = createDeviceWorld();
    const [first, second] = await Promise.all([world.manager.start(ANA), world.manager.start(ANA)]);
    expect([first, second]).toEqual(['started', 'already-connecting']);
    world.whatsApp.last().opens();
    expect(await world.manager.start(ANA)).toBe('already-connected');
    expect(world.whatsApp.sockets).toHaveLength(1);
  });

  it('dials at once while it waits for its next attempt', async () => {
    const world = createDeviceWorld();
    const socket = await world.connect();
    socket.ends({ source: 'upgrade', code: 429 });
    await world.settle();
    expect(world.view()).toMatchObject({ status: 'reconnecting', cause: { code: 'throttled' } });
    expect(await world.manager.start(ANA)).toBe('started');
    expect(world.whatsApp.sockets).toHaveLength(2);
  });

  it('refuses unknown devices and devices of another process', async () => {
    const world = createDeviceWorld();
    await expect(world.manager.start('nobody' as DeviceId)).rejects.toMatchObject({
      code: 'DEVICE_NOT_FOUND',
    });
    world.leases.takeAway(ANA);
    for (const ask of ['start', 'stop', 'wipe', 'logout', 'restart', 'remove'] as const) {
      await expect(world.manager[ask](ANA)).rejects.toMatchObject({ code: 'DEVICE_OWNED_ELSEWHERE' });
    }
    expect(world.manager.stateOf(ANA)).toBeNull();
    expect(world.row().lastStatus).toBe('created');
  });

  it.each([
    ['missing', 'auth_missing'],
    ['unreadable', 'auth_corrupt'],
    ['undecryptable', 'auth_undecryptable'],
  ] as const)('stops with a cause and without a QR when the session is %s', async (problem, cause) => {
    const world = createDeviceWorld();
    world.whatsApp.refuse = new AuthStateError(problem, 'test');
    await expect(world.manager.start(ANA)).rejects.toMatchObject({ code: 'DEVICE_AUTH_CORRUPT' });
    expect(world.view()).toMatchObject({
      status: 'error',
      qrCode: null,
      cause: { code: cause, retryAt: null },
    });
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(0);
    expect([world.erased, world.entombed]).toEqual([[], []]);
  });

  it('comes back by itself when only the database was away', async () => {
    const world = createDeviceWorld();
    world.whatsApp.refuse = new Error('no database');
    expect(await world.manager.start(ANA)).toBe('started');
    expect(world.view()).toMatchObject({ status: 'reconnecting', cause: { code: 'store_unavailable' } });
    world.whatsApp.refuse = null;
    await world.pass(SECOND);
    world.whatsApp.last().opens();
    expect(world.view().status).toBe('connected');
  });
});

describe('stopping, logging out, wiping and removing', () => {
  it('stop keeps the session and stays stopped after a restart', async () => {
    const world = createDeviceWorld(running);
    const socket = await world.connect();
    await world.manager.stop(ANA);
    await world.manager.stop(ANA);
    expect(socket.isClosed()).toBe(true);
    expect(world.view()).toMatchObject({
      status: 'disconnected',
      hasSession: true,
      cause: { code: 'stopped' },
    });
    expect([world.erased, world.entombed]).toEqual([[], []]);
    expect(await world.restarted().restoreAll('wanted')).toEqual([]);
    expect(() => world.manager.socketOf(ANA)).toThrow(
      expect.objectContaining({ code: 'DEVICE_NOT_CONNECTED' }),
    );
  });

  it('logout unlinks and entombs, once', async () => {
    const world = createDeviceWorld();
    await world.connect();
    expect(await world.manager.logout(ANA)).toBe('confirmed');
    expect(await world.manager.logout(ANA)).toBe('not-connected');
    expect(world.entombed).toEqual([ANA]);
    expect(world.view()).toMatchObject({ status: 'logged_out', cause: { code: 'logout_requested' } });
  });

  it('wipe forbids reconnecting and erases, as often as one likes; then another phone may be paired', async () => {
    const world = createDeviceWorld();
    const socket = await world.connect();
    socket.ends(retryable);
    await world.settle();
    await world.manager.wipe(ANA);
    await world.manager.wipe(ANA);
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(1);
    expect(world.erased).toEqual([ANA, ANA]);
    expect(world.view()).toMatchObject({ status: 'cancelled', phoneNumber: null, hasSession: false });
    await world.manager.start(ANA);
    expect(world.whatsApp.last().request.mayMintCredentials).toBe(true);
  });

  it('wipe while a socket is being opened leaves nothing behind', async () => {
    const world = createDeviceWorld(fresh);
    const starting = world.manager.start(ANA);
    const wiping = world.manager.wipe(ANA);
    await Promise.all([starting, wiping]);
    expect(world.whatsApp.sockets.every((socket) => socket.isClosed())).toBe(true);
    expect(world.view().status).toBe('cancelled');
  });

  it('remove forgets the device', async () => {
    const world = createDeviceWorld();
    await world.connect();
    await world.manager.remove(ANA);
    expect(world.manager.stateOf(ANA)).toBeNull();
    expect(world.erased).toEqual([ANA]);
    expect(world.events.at(-1)).toEqual({ type: 'removed', deviceId: ANA });
  });

  it('stopping what never ran leaves its status alone', async () => {
    const world = createDeviceWorld([{ lastStatus: 'logged_out', linkState: 'logged_out' }]);
    await world.manager.stop(ANA);
    expect(world.row().lastStatus).toBe('logged_out');
  });
});

describe('a message', () => {
  it('is published with acks and receipts, and read at once where the settings say so', async () => {
    const world = createDeviceWorld([
      { linkState: 'linked', settings: { ...DEFAULT_DEVICE_SETTINGS, autoRead: true, markOnline: true } },
    ]);
    const socket = await world.connect();
    expect(socket.request.markOnline).toBe(true);
    const read: string[] = [];
    socket.markRead = async (messages) => void read.push(...messages.map(({ waMessageId }) => waMessageId));
    const message = { waMessageId: 'ID1', fromMe: false, chat: FAKE_JID } as never;
    socket.emit({ type: 'message', message, isJournalled: false });
    socket.emit({ type: 'ack', waMessageId: 'ID2' as never });
    await world.settle();
    expect(world.events.slice(-2)).toEqual([
      { type: 'message', deviceId: ANA, message, isJournalled: false },
      { type: 'ack', deviceId: ANA, waMessageId: 'ID2' },
    ]);
    expect(read).toEqual(['ID1']);
  });
});
