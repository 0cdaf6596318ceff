import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { parseRecipient } from '../../src/whatsapp/recipient.ts';
import { type DeviceLab, startDeviceLab } from '../support/device-lab.ts';
import { waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CICI = '6281200000003';
const ids = createIds({ clock: systemClock, random: systemRandom });

async function pair(lab: DeviceLab, name: string, phoneNumber: string): Promise<DeviceId> {
  const deviceId = await lab.addDevice(name);
  await lab.manager.start(deviceId);
  await lab.simulator.phone(phoneNumber, name).scanQr(await lab.nextQr(deviceId));
  await lab.reaches(deviceId, 'connected');
  return deviceId;
}

async function viewOf(lab: DeviceLab, deviceId: DeviceId) {
  const row = await lab.rows.find(deviceId);
  if (!row) throw new Error('the row is gone');
  return lab.manager.viewOf(row);
}

describe('a device on real Baileys against the simulator', () => {
  it('pairs by QR code, restarts with 515 and is connected', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    expect(await viewOf(lab, deviceId)).toMatchObject({
      status: 'connected',
      phoneNumber: ANA,
      hasSession: true,
      authMethod: 'qr',
      cause: null,
    });
    await lab.events.waitFor((event) => event.type === 'state-changed' && event.view.syncProgress === 100);
  });

  it('pairs by pairing code, on the second try too', async () => {
    const lab = await startDeviceLab();
    const deviceId = await lab.addDevice('ana');
    const first = await lab.manager.pairWithCode(deviceId, ANA);
    // The first code is never typed; the credentials name a phone already, and no phone knows of it.
    await lab.manager.stop(deviceId);
    const second = await lab.manager.pairWithCode(deviceId, ANA);
    expect(second.code).not.toBe(first.code);
    await lab.simulator.phone(ANA, 'Ana').enterPairingCode(second.code);
    await lab.reaches(deviceId, 'connected');
    expect(await viewOf(lab, deviceId)).toMatchObject({ authMethod: 'pairing_code', phoneNumber: ANA });
  });

  it('sends and receives, with ack and receipts', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    const budi = lab.simulator.phone(BUDI, 'Budi');
    const waMessageId = ids.nextWaMessageId();
    const to = parseRecipient(BUDI, 'ID');
    await lab.manager.socketOf(deviceId).send({ waMessageId, to, content: { kind: 'text', text: 'hello' } });
    await lab.events.waitFor((event) => event.type === 'ack' && event.waMessageId === waMessageId);
    await waitForMessage(budi, ({ text }) => text === 'hello');
    await budi.markReadFrom(ANA);
    for (const kind of ['delivered', 'read']) {
      await lab.events.waitFor((event) => event.type === 'receipt' && event.kind === kind);
    }
    await budi.sendText(ANA, 'hello back');
    const event = await lab.events.waitFor((each) => each.type === 'message');
    expect(event).toMatchObject({ message: { text: 'hello back', fromMe: false, type: 'text' } });
  });

  it('tells of a refusal, with its code', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    lab.simulator.phone(BUDI, 'Budi');
    lab.simulator.faults.add({ kind: 'nack', code: '463', times: 1 });
    const waMessageId = ids.nextWaMessageId();
    const to = parseRecipient(BUDI, 'ID');
    await lab.manager.socketOf(deviceId).send({ waMessageId, to, content: { kind: 'text', text: 'hello' } });
    const event = await lab.events.waitFor(({ type }) => type === 'nack');
    expect(event).toMatchObject({ waMessageId, code: 463 });
  });

  it('comes back after a restart without a QR and gets what was sent meanwhile', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    await lab.manager.shutdown();
    const budi = lab.simulator.phone(BUDI, 'Budi');
    const texts = Array.from({ length: 150 }, (_, index) => `message ${index}`);
    for (const text of texts) await budi.sendText(ANA, text);
    const from = lab.events.all.length;
    await lab.restart();
    expect(await lab.manager.restoreAll('wanted')).toMatchObject([{ deviceId, outcome: 'started' }]);
    await Promise.all(
      texts.map((text) =>
        lab.events.waitFor((event) => event.type === 'message' && event.message.text === text, from),
      ),
    );
    const since = lab.events.all.slice(from);
    expect(since.filter(({ type }) => type === 'message')).toHaveLength(150);
    expect(since.some(({ type }) => type === 'qr')).toBe(false);
  });
});

describe('the end of a session', () => {
  it('by logout is confirmed by the server, and the phone forgets the device', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    expect(await lab.manager.logout(deviceId)).toBe('confirmed');
    expect(lab.simulator.core.findAccount(ANA)?.devices).toEqual([]);
    expect(await viewOf(lab, deviceId)).toMatchObject({ status: 'logged_out', hasSession: false });
  });

  it('by wipe makes room for another phone', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    await lab.manager.wipe(deviceId);
    expect(await viewOf(lab, deviceId)).toMatchObject({ status: 'cancelled', phoneNumber: null });
    const from = lab.events.all.length;
    await lab.manager.start(deviceId);
    await lab.simulator.phone(CICI, 'Cici').scanQr(await lab.nextQr(deviceId, from));
    await lab.reaches(deviceId, 'connected');
    expect(await viewOf(lab, deviceId)).toMatchObject({ status: 'connected', phoneNumber: CICI });
  });

  it('by the phone can be followed by a new pairing', async () => {
    const lab = await startDeviceLab();
    const deviceId = await pair(lab, 'ana', ANA);
    await lab.simulator.core.removeDevice(ANA, 1);
    await lab.reaches(deviceId, 'logged_out');
    const from = lab.events.all.length;
    await lab.manager.start(deviceId);
    await lab.simulator.phone(ANA, 'Ana').scanQr(await lab.nextQr(deviceId, from));
    await lab.reaches(deviceId, 'connected');
  });
});
