import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const MISSED = 150;

describe('kill -9 of the server', () => {
  it(`and a new start: both devices connect without a QR code and the ${MISSED} messages of the meantime arrive once`, async () => {
    const simulator = await startTestSimulator();
    const dataDir = temporaryFolder();
    const first = await runServer({ dataDir, simulator });
    for (const [deviceId, number] of Object.entries({ ana: ANA, budi: BUDI })) {
      await first.createDevice(deviceId);
      await first.pairByQr(deviceId, simulator.phone(number, deviceId));
    }
    const citra = simulator.phone(CITRA, 'Citra');
    await citra.sendText(BUDI, 'before the kill');
    await waitForTexts(first, 'budi', ['before the kill']);
    await first.kill();

    const missed = Array.from({ length: MISSED }, (_, index) => `missed ${index}`);
    for (const text of missed) await citra.sendText(BUDI, text);

    const offers = simulator.history.of('pairing-offered').length;
    const second = await runServer({ dataDir, simulator });
    await Promise.all(['ana', 'budi'].map((deviceId) => second.waitForStatus(deviceId, 'connected')));
    const texts = await waitForTexts(second, 'budi', missed);
    expect(texts.toSorted()).toEqual(['before the kill', ...missed].toSorted());
    expect(simulator.history.of('pairing-offered')).toHaveLength(offers);
    expect(second.events.filter(({ type }) => type === 'qr')).toEqual([]);

    // The sessions themselves survived, in both directions.
    expectOk(
      await second.api.post('devices/ana/send-message', { to: BUDI, message: 'from device to device' }),
    );
    await waitForTexts(second, 'budi', ['from device to device']);
    await waitForMessage(simulator.phone(BUDI), ({ text }) => text === 'from device to device');
    expect(await statusOf(second, 'budi')).toMatchObject({ hasSession: true, cause: null });
    await second.kill();
    await simulator.close();
  });
});
