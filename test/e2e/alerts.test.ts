import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AlertStage, startAlertStage } from '../support/alerts.ts';
import { jpegFile } from '../support/media-files.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const SIREN = '6281200000120';
const NIGHT = ['6281200000121', '6281200000122', '6281200000123'] as const;
const [ANA, BUDI] = NIGHT;
const BOSS = '6281200000124';

let simulator: TestSimulator;
let stage: AlertStage;

beforeAll(async () => {
  simulator = await startTestSimulator();
  stage = await startAlertStage(simulator, { account: SIREN });
  await stage.makeList('Night shift', NIGHT);
  await stage.makeList('Boss', [BOSS]);
});
afterAll(async () => {
  await stage.stop();
  await simulator.close();
});

const escalate = { list: 'Boss', afterSeconds: 5 };
const alert = async (message: string, more: object = {}) =>
  (await stage.alert({ list: 'Night shift', message, ...more })).data;
const acknowledged = (alertId: string) =>
  expect.poll(async () => (await stage.read(alertId)).status, { timeout: 10_000 }).toBe('acknowledged');

describe('an alert', () => {
  it('goes to everybody on the list at once, with readings and names filled in', async () => {
    const { status, data } = await stage.alert({
      list: 'Night shift',
      message: 'Hi {name}, boiler too hot',
      data: { temperature: 97.5, unit: 'C', valve: false },
    });
    expect({ status, data }).toMatchObject({
      status: 202,
      data: { status: 'sent', repeated: false, progress: { total: 3 } },
    });
    for (const number of NIGHT) {
      const { text, peer } = await stage.arrives(number, 'Hi ');
      expect(text).toBe(
        `Hi Person ${number.slice(-3)}, boiler too hot\n\ntemperature: 97.5\nunit: C\nvalve: false`,
      );
      expect(peer).toBe(SIREN);
    }
    await expect.poll(async () => (await stage.read(data.alertId)).progress.delivered).toBe(3);
    expect((await stage.client.api.get('alerts?pageSize=1')).data).toMatchObject({
      items: [{ alertId: data.alertId }],
    });
  });

  it('is counted and not sent again while the same flaps', async () => {
    const first = await alert('pressure low', { data: { bar: 1 } });
    await stage.arrives(BUDI, 'pressure low');
    const again = await Promise.all([2, 3].map((bar) => alert('pressure low', { data: { bar } })));
    for (const each of again) expect(each).toMatchObject({ alertId: first.alertId, repeated: true });
    expect(await stage.read(first.alertId)).toMatchObject({ repeats: 2 });
    await alert('another alert');
    await stage.arrives(BUDI, 'another alert');
    expect(stage.copies(BUDI, 'pressure low')).toBe(1);
  });

  it('stays with the first list when a phone answers OK, and goes to the second when nobody does', async () => {
    const answered = await alert('door open', { escalate });
    expect(answered.status).toBe('waiting');
    const { id } = await stage.arrives(ANA, 'door open');
    await simulator.phone(ANA).reply(id, 'What is this?');
    await simulator.phone(ANA).reply(id, 'OK!');
    await acknowledged(answered.alertId);
    expect(await stage.read(answered.alertId)).toMatchObject({ acknowledgedBy: `${ANA}@s.whatsapp.net` });

    const ignored = await alert('window open', { escalate });
    const quoted = await alert('gate open', { escalate });
    await alert('lamp on', { escalate, requiresAck: true });
    await simulator.phone(BUDI).quote((await stage.arrives(BUDI, 'gate open')).id, 'on my way');
    await acknowledged(quoted.alertId);
    const { text } = await stage.arrives(BOSS, 'window open');
    expect(text).toContain('Nobody of Night shift has acknowledged this.');
    await stage.arrives(BOSS, 'lamp on');
    expect(await stage.read(ignored.alertId)).toMatchObject({ status: 'escalated' });
    expect(stage.copies(BOSS, 'door open') + stage.copies(BOSS, 'gate open')).toBe(0);

    const late = await stage.client.api.post(`alerts/${ignored.alertId}/acknowledge`, { by: 'Dewi' });
    expect(late.data).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'Dewi' });
  });

  it('escalates once although the server is killed and started in between', async () => {
    const accepted = await alert('fire', { escalate });
    await stage.killAndRestart();
    for (const number of NIGHT) await stage.arrives(number, 'fire');
    await stage.arrives(BOSS, 'fire');
    await stage.killAndRestart();
    await alert('all clear', { list: 'Boss' });
    await stage.arrives(BOSS, 'all clear');
    for (const number of [...NIGHT, BOSS]) expect(stage.copies(number, 'fire')).toBe(1);
    expect(await stage.read(accepted.alertId)).toMatchObject({ status: 'escalated' });
  });

  it('is acknowledged by an answer the server was not there to hear', async () => {
    const accepted = await alert('smoke', { escalate: { list: 'Boss', afterSeconds: 60 } });
    const { id } = await stage.arrives(ANA, 'smoke');
    const { child } = stage.server;
    child.kill('SIGSTOP');
    await simulator.phone(ANA).reply(id, 'siap');
    child.kill('SIGCONT');
    await stage.killAndRestart();
    await acknowledged(accepted.alertId);
  });

  it('brings its picture, also to the second list', async () => {
    const base64 = (await jpegFile()).toString('base64');
    expect(await alert('camera 3', { image: { base64 }, escalate })).toMatchObject({ status: 'waiting' });
    for (const number of [ANA, BOSS]) {
      const message = await stage.arrives(number, 'camera 3');
      expect((await simulator.phone(number).openMedia(message.id)).byteLength).toBeGreaterThan(200);
    }
  });
});
