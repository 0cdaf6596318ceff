import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { pngFile } from '../support/media-files.ts';
import { mediaEnvironment } from '../support/received-media.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANNA = '6281200000001';
const BUDI = '6281200000002';

describeInBrowser('files in a conversation', () => {
  let simulator: TestSimulator;
  let dashboard: Dashboard;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    const { url, rootKeyHex } = simulator;
    dashboard = await startDashboard({
      environment: { WA_ENDPOINT: url, WA_ROOT_KEY: rootKeyHex, ...mediaEnvironment(simulator) },
    });
    const { client } = dashboard;
    await client.createDevice('anna');
    await client.pairByQr('anna', simulator.phone(ANNA, 'Anna'));
    const allowed = { whatsapp_number: ANNA, session_id: 'anna' };
    expectOk(await client.api.post('/api/whatsapp/allowed-numbers', allowed));
  });
  afterAll(async () => {
    await dashboard.stop();
    await simulator.close();
  });

  const openChat = async () => {
    const screen = await dashboard.signIn();
    await screen.go(`/chats?device=anna&chat=${BUDI}%40s.whatsapp.net`);
    return screen;
  };

  it('can be heard where they came, as the policy of the page allows', async () => {
    const budi = simulator.phone(BUDI, 'Budi');
    await budi.sendMedia(ANNA, { kind: 'audio', file: waveFile(), mimetype: 'audio/wav' });
    await dashboard.client.waitForEvent((event) => JSON.stringify(event).includes('audio/wav'));
    const screen = await openChat();
    await screen.page.locator('audio').waitFor();
    expect(await screen.page.evaluate(HEARD)).toBe(1);
    await screen.expectNoBarriers();
    await screen.close();
  });

  it('are named and not offered where this server sent them', async () => {
    const base64 = (await pngFile()).toString('base64');
    const body = { to: BUDI, type: 'image', base64, caption: 'from us' };
    expectOk(await dashboard.client.api.post('devices/anna/messages', body));
    const screen = await openChat();
    const ours = screen.page.getByRole('article').filter({ hasText: 'from us' });
    await ours.getByText('The file is not kept here').waitFor();
    expect(await ours.getByRole('link').count()).toBe(0);
    await screen.close();
  });
});

/** Loads the first sound there is; its length in seconds. */
const HEARD = `new Promise((resolve, reject) => {
  const sound = document.querySelector('audio');
  sound.onloadedmetadata = () => resolve(sound.duration);
  sound.onerror = () => reject(new Error('the sound cannot be heard'));
  sound.preload = 'auto';
  sound.load();
})`;

/** A second of silence. */
function waveFile(): Buffer {
  const samples = Buffer.alloc(8_000, 0x80);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
