import { describe, expect, it } from 'vitest';
import type { Device } from '../../src/devices/device.ts';
import { ANA, createDeviceWorld } from '../fakes/device-world.ts';
import { FAKE_JID } from '../fakes/whatsapp-socket.ts';

const SECOND = 1_000;
const fresh: Partial<Device>[] = [{}];
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
