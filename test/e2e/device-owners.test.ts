import { describe, expect, it } from 'vitest';
import { type DeviceLab, startDeviceLab } from '../support/device-lab.ts';

const ANA = '6281200000001';

async function paired(lab: DeviceLab) {
  const deviceId = await lab.addDevice('ana');
  await lab.manager.start(deviceId);
  await lab.simulator.phone(ANA, 'Ana').scanQr(await lab.nextQr(deviceId));
  await lab.reaches(deviceId, 'connected');
  return deviceId;
}

describe('two processes on one database', () => {
  it('never run one device both, and neither is replaced', async () => {
    const lab = await startDeviceLab();
    const deviceId = await paired(lab);
    const peer = await lab.startPeer();
    await peer.restoreAll('wanted');
    await expect(peer.start(deviceId)).rejects.toMatchObject({ code: 'DEVICE_OWNED_ELSEWHERE' });
    await expect(peer.wipe(deviceId)).rejects.toMatchObject({ code: 'DEVICE_OWNED_ELSEWHERE' });
    expect(peer.stateOf(deviceId)).toBeNull();
    expect(lab.manager.stateOf(deviceId)?.status).toBe('connected');
    // The first login after pairing is the only one there ever was.
    expect(lab.simulator.history.of('login')).toHaveLength(1);
    expect((await lab.rows.find(deviceId))?.lastStatus).toBe('connected');
  });

  it('hand a device over when the first one ends', async () => {
    const lab = await startDeviceLab();
    const deviceId = await paired(lab);
    const peer = await lab.startPeer();
    await peer.restoreAll('wanted');
    const from = lab.events.all.length;
    await lab.restart();
    await lab.events.waitFor(
      (event) => event.type === 'state-changed' && event.state.status === 'connected',
      from,
    );
    expect(peer.stateOf(deviceId)?.status).toBe('connected');
    await expect(lab.manager.start(deviceId)).rejects.toMatchObject({ code: 'DEVICE_OWNED_ELSEWHERE' });
    expect(lab.simulator.history.of('login')).toHaveLength(2);
  });
});
