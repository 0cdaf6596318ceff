import { describe, expect, it } from 'vitest';
import type { DeviceState } from '../../src/devices/device-state.ts';
import type { DeviceId } from '../../src/shared/ids.ts';
import { type DeviceLab, startDeviceLab } from '../support/device-lab.ts';
import { startConnectProxy, startSocksProxy } from '../support/proxies.ts';
import { startRawReceiver } from '../support/receiver.ts';

const ANA = '6281200000001';
const allowances = [{ kind: 'network', address: '127.0.0.1', bits: 32, port: null }] as const;

/** The first state of the device, now or later, that a person would be told of. */
async function causeOf(lab: DeviceLab, deviceId: DeviceId): Promise<DeviceState> {
  const event = await lab.events.waitFor(
    (each) =>
      each.type === 'state-changed' &&
      each.deviceId === deviceId &&
      'cause' in each.state &&
      each.state.cause !== null,
  );
  if (event.type !== 'state-changed') throw new Error('no state');
  return event.state;
}

describe('a device with a proxy', () => {
  it.each([
    ['http', startConnectProxy],
    ['socks5', startSocksProxy],
  ])('(%s) pairs and comes back through it and by no other way', async (protocol, start) => {
    const lab = await startDeviceLab({ allowances });
    const proxy = await start({ credentials: 'ana:secret' });
    const proxyUrl = `${protocol}://ana:secret@127.0.0.1:${proxy.port}`;
    const deviceId = await lab.addDevice('ana', { proxyUrl });
    await lab.manager.start(deviceId);
    await lab.simulator.phone(ANA, 'ana').scanQr(await lab.nextQr(deviceId));
    await lab.reaches(deviceId, 'connected');
    // One for pairing, one for the login after the 515.
    const { host } = new URL(lab.simulator.url);
    expect(proxy.targets).toEqual([host, host]);
    lab.simulator.endConnection({ phoneNumber: ANA, device: 1 }, { kind: 'stream-error', code: '515' });
    await lab.reaches(deviceId, 'connecting');
    await lab.reaches(deviceId, 'connected');
    expect(proxy.targets.length).toBe(3);
  });

  it('that the operator did not allow stops, and connects to nothing', async () => {
    const proxy = await startRawReceiver((socket) => socket.destroy());
    const lab = await startDeviceLab();
    const deviceId = await lab.addDevice('ana', { proxyUrl: `http://127.0.0.1:${proxy.port}` });
    await lab.manager.start(deviceId);
    expect(await causeOf(lab, deviceId)).toMatchObject({
      status: 'error',
      cause: { code: 'proxy_unsupported', source: 'operator', retryAt: null },
    });
    expect(proxy.connections()).toBe(0);
  });

  it('that refuses its credentials is tried again later, and named as what is in the way', async () => {
    const lab = await startDeviceLab({ allowances });
    const proxy = await startConnectProxy({ credentials: 'ana:secret' });
    const proxyUrl = `http://ana:wrong@127.0.0.1:${proxy.port}`;
    const deviceId = await lab.addDevice('ana', { proxyUrl });
    await lab.manager.start(deviceId);
    const state = await causeOf(lab, deviceId);
    expect(state).toMatchObject({ cause: { code: 'egress_blocked', source: 'upgrade' } });
    expect(proxy.targets).toEqual([]);
  });
});
