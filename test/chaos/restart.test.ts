import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { chaosRandom, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
const MISSED = 150;
const KILLS = 3;

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

  it(`again and again while ${MISSED} messages arrive: each of them is there, once`, async () => {
    const random = chaosRandom();
    const simulator = await startTestSimulator();
    const dataDir = temporaryFolder();
    const first = await runServer({ dataDir, simulator });
    await first.createDevice('budi');
    await first.pairByQr('budi', simulator.phone(BUDI, 'Budi'));
    await first.kill();
    const citra = simulator.phone(CITRA, 'Citra');
    const missed = Array.from({ length: MISSED }, (_, index) => `missed ${index}`);
    for (const text of missed) await citra.sendText(BUDI, text);

    for (let round = 0; round < KILLS; round += 1) {
      const after = simulator.history.sequence;
      const server = await runServer({ dataDir, simulator });
      let left = 1 + Math.floor((random.next() * MISSED) / KILLS / 2);
      await simulator.history.waitFor(
        (record) => {
          if (record.kind === 'receipt' && record.from.startsWith(BUDI)) left -= record.ids.length;
          return left <= 0 && server.process.child.kill('SIGKILL');
        },
        { after },
      );
      await server.kill();
    }
    const last = await runServer({ dataDir, simulator });
    expect((await waitForTexts(last, 'budi', missed)).toSorted()).toEqual(missed.toSorted());
    await last.kill();
    await simulator.close();
  });
});
