import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { AuthStateError } from '../../src/whatsapp/auth-state-error.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';
import { FAKE_JID } from '../fakes/whatsapp-socket.ts';

const SECOND = 1_000;
const fresh: Partial<Device>[] = [{}];
const running: Partial<Device>[] = [{ linkState: 'linked', desired: 'running', lastStatus: 'connected' }];
const retryable = { source: 'local', code: 428 } as const;

describe('pairing by QR code', () => {
  it('shows each QR until it expires, then connects through the 515 restart', async () => {
    const world = createDeviceWorld(fresh);
    expect(await world.manager.start(ANA)).toBe('started');
    const first = world.whatsApp.last();
    expect(first.request.mayMintCredentials).toBe(true);
    expect(world.row()).toMatchObject({ desired: 'running', linkState: 'linking' });

    first.showQr('qr-1');
    expect(world.view()).toMatchObject({ status: 'pairing', qrCode: 'qr-1', isConnected: false });
    await world.pass(60 * SECOND);
    expect(world.view().qrCode).toBeNull();
    first.showQr('qr-2');
    expect(world.view().qrCode).toBe('qr-2');

    first.emit({ type: 'paired', jid: FAKE_JID, lid: null });
    first.ends({ source: 'stream', code: 515 });
    await world.settle();
    expect(world.view()).toMatchObject({ status: 'connecting', cause: { code: 'restart_required' } });
    const second = world.whatsApp.last();
    expect(second).not.toBe(first);
    expect(second.request.mayMintCredentials).toBe(false);
    second.opens();
    await world.settle();
    expect(world.view()).toMatchObject({
      status: 'connected',
      isConnected: true,
      phoneNumber: '6281200000001',
      pushName: 'Ana',
      authMethod: 'qr',
      hasSession: true,
      qrCode: null,
      cause: null,
      connectionAttempts: 0,
    });
    expect(world.events.map(({ type }) => type)).toContain('authenticated');
    expect(world.row()).toMatchObject({ linkState: 'linked', lastStatus: 'connected', lastCause: null });
  });

  it('ends in a state that says nobody scanned, and does not come back by itself', async () => {
    const world = createDeviceWorld(fresh);
    await world.manager.start(ANA);
    world.whatsApp.last().showQr();
    world.whatsApp.last().ends({ source: 'local', code: 408, text: 'QR refs attempts ended' });
    await world.settle();
    expect(world.view()).toMatchObject({
      status: 'disconnected',
      qrCode: null,
      cause: { code: 'qr_expired', retryAt: null },
    });
    expect(world.row().desired).toBe('stopped');
    await world.pass(3_600 * SECOND);
    expect(world.whatsApp.sockets).toHaveLength(1);
    expect(world.leases.held().has(ANA)).toBe(false);
    expect(await world.manager.start(ANA)).toBe('started');
    expect(world.whatsApp.sockets).toHaveLength(2);
  });

  it('hides nothing of a socket that was given up', async () => {
    const world = createDeviceWorld(fresh);
    await world.manager.start(ANA);
    const old = world.whatsApp.last();
    await world.manager.stop(ANA);
    old.showQr('stale');
    old.opens();
    expect(world.view()).toMatchObject({ status: 'disconnected', qrCode: null });
  });
});

describe('pairing by code', () => {
  it('asks after the first QR and shows the code', async () => {
    const world = createDeviceWorld(fresh);
    const asked = world.manager.pairWithCode(ANA, '6281200000001');
    await world.settle();
    world.whatsApp.last().showQr();
    expect(await asked).toMatchObject({ code: 'ABCD2345' });
    expect(world.view()).toMatchObject({ status: 'pairing', pairingCode: 'ABCD2345', qrCode: null });
    world.whatsApp.last().showQr('qr-2');
    expect(world.view().qrCode).toBeNull();
    world.whatsApp.last().emit({ type: 'paired', jid: FAKE_JID, lid: null });
    expect(world.view().authMethod).toBe('pairing_code');
  });

  it('turns a QR that is shown already into a code, on the same socket', async () => {
    const world = createDeviceWorld(fresh);
    await world.manager.start(ANA);
    world.whatsApp.last().showQr();
    expect(await world.manager.pairWithCode(ANA, '6281200000001')).toMatchObject({ code: 'ABCD2345' });
    expect(world.whatsApp.sockets).toHaveLength(1);
  });

  it('asks again on the next socket when one closes before it gave a code', async () => {
    const world = createDeviceWorld(fresh);
    const asked = world.manager.pairWithCode(ANA, '6281200000001');
    await world.settle();
    world.whatsApp.last().ends(retryable);
    await world.pass(SECOND);
    world.whatsApp.last().showQr();
    expect(await asked).toMatchObject({ code: 'ABCD2345' });
    expect(world.whatsApp.sockets).toHaveLength(2);
  });

  it('says so when no code comes', async () => {
    const world = createDeviceWorld(fresh);
    const asked = world.manager.pairWithCode(ANA, '6281200000001');
    await world.settle();
    const answer = expect(asked).rejects.toMatchObject({ code: 'WHATSAPP_UNAVAILABLE' });
    await world.pass(30 * SECOND);
    await answer;
  });

  it('refuses a device that is paired', async () => {
    const world = createDeviceWorld();
    await expect(world.manager.pairWithCode(ANA, '62812')).rejects.toMatchObject({
      code: 'DEVICE_ALREADY_PAIRED',
    });
  });
});

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

describe('a message', () => {
  it('is published with acks and receipts, and read at once where the settings say so', async () => {
    const world = createDeviceWorld([
      { linkState: 'linked', settings: { autoRead: true, markOnline: true } },
    ]);
    const socket = await world.connect();
    expect(socket.request.markOnline).toBe(true);
    const read: string[] = [];
    socket.markRead = async ({ waMessageId }) => void read.push(waMessageId);
    const message = { waMessageId: 'ID1', fromMe: false, chat: FAKE_JID } as never;
    socket.emit({ type: 'message', message });
    socket.emit({ type: 'ack', waMessageId: 'ID2' as never });
    await world.settle();
    expect(world.events.slice(-2)).toEqual([
      { type: 'message', deviceId: ANA, message },
      { type: 'ack', deviceId: ANA, waMessageId: 'ID2' },
    ]);
    expect(read).toEqual(['ID1']);
  });
});
