import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { parseRecipient } from '../../src/whatsapp/recipient.ts';
import { startDeviceLab } from '../support/device-lab.ts';
import { waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const ids = createIds({ clock: systemClock, random: systemRandom });

describe('a device on real Baileys against the simulator', () => {
  it('pairs by QR code, restarts with 515 and is connected', async () => {
    const lab = await startDeviceLab();
    const deviceId = await lab.addDevice('ana-device');
    expect(await lab.manager.start(deviceId)).toBe('started');
    const qr = await lab.nextQr(deviceId);
    expect(lab.manager.stateOf(deviceId)?.status).toBe('pairing');
    await lab.simulator.phone(ANA, 'Ana').scanQr(qr);
    await lab.reaches(deviceId, 'connected');
    const row = await lab.rows.find(deviceId);
    expect(lab.manager.viewOf(row as never)).toMatchObject({
      status: 'connected',
      phoneNumber: ANA,
      hasSession: true,
      authMethod: 'qr',
      cause: null,
    });
  });

  it('pairs by pairing code', async () => {
    const lab = await startDeviceLab();
    const deviceId = await lab.addDevice('ana-device');
    const { code } = await lab.manager.pairWithCode(deviceId, ANA);
    await lab.simulator.phone(ANA, 'Ana').enterPairingCode(code);
    await lab.reaches(deviceId, 'connected');
    expect(lab.manager.stateOf(deviceId)?.status).toBe('connected');
  });

  it('sends and receives, with ack and receipts', async () => {
    const lab = await startDeviceLab();
    const deviceId = await lab.addDevice('ana-device');
    await lab.manager.start(deviceId);
    await lab.simulator.phone(ANA, 'Ana').scanQr(await lab.nextQr(deviceId));
    await lab.reaches(deviceId, 'connected');
    const budi = lab.simulator.phone(BUDI, 'Budi');
    const waMessageId = ids.nextWaMessageId();
    await lab.manager
      .socketOf(deviceId)
      .sendText({ waMessageId, to: parseRecipient(BUDI, 'ID'), text: 'hello' });
    await lab.events.waitFor((event) => event.type === 'ack' && event.waMessageId === waMessageId);
    await waitForMessage(budi, ({ text }) => text === 'hello');
    await lab.events.waitFor((event) => event.type === 'receipt' && event.kind === 'delivered');
    await budi.sendText(ANA, 'hello back');
    const event = await lab.events.waitFor((each) => each.type === 'message');
    expect(event).toMatchObject({ message: { text: 'hello back', fromMe: false, type: 'text' } });
  });
});
