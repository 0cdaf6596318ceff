import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, type Screen, startDashboard, type View } from '../support/dashboard.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';

describeInBrowser('linking a phone', () => {
  let dashboard: Dashboard;
  const post = async (path: string, body?: object) => expectOk(await dashboard.client.api.post(path, body));
  /** Scans what the page shows, so that the page was there before. */
  const scan = (phone: string, deviceId: string) => post(`/api/sandbox/phones/${phone}/scan`, { deviceId });
  const openPairing = async (deviceId: string, view: View = {}) => {
    const screen = await dashboard.signIn(view);
    await screen.go(`/devices/${deviceId}/pair`);
    return screen;
  };
  const look = async (screen: Screen, name: string) => {
    await screen.expectNoSidewaysScroll();
    await screen.expectNoBarriers();
    await screen.shoot(name);
  };

  beforeAll(async () => {
    dashboard = await startDashboard();
    for (const phoneNumber of [ANA, BUDI, CITRA]) await post('/api/sandbox/phones', { phoneNumber });
  });
  afterAll(() => dashboard.stop());

  it('shows a QR code without a press, and each step until the device is connected', async () => {
    await dashboard.client.createDevice('ana', { deviceName: 'Toko Ana' });
    const screen = await openPairing('ana', { width: 360, language: 'id', theme: 'dark' });
    const { page } = screen;
    const code = page.getByRole('img', { name: 'Kode QR yang menautkan ponsel ke Toko Ana' });
    await code.waitFor();
    await page.getByText(/Berlaku \d+ detik lagi/).waitFor();
    await page.getByText('Kode 1 · percobaan 1').waitFor();
    await page.locator('[aria-current=step]').getByText('Menunggu ponsel').waitFor();
    await look(screen, 'pair-qr');

    await scan(ANA, 'ana');
    await page.getByRole('heading', { name: 'Toko Ana terhubung' }).waitFor();
    await page.getByText(`+${ANA}`).waitFor();
    const said = page.getByRole('status').filter({ hasText: 'Ponsel sudah tertaut dan perangkat terhubung' });
    await said.waitFor();
    expect(await code.count()).toBe(0);
    await look(screen, 'pair-connected');
    await page.getByRole('link', { name: 'Buka perangkat' }).click();
    await page.getByRole('heading', { name: 'Toko Ana', level: 1 }).waitFor();
    await screen.close();
  });

  it('shows a new code when one is asked for, and counts the tries', async () => {
    await dashboard.client.createDevice('budi');
    const screen = await openPairing('budi');
    const { page } = screen;
    const code = page.getByRole('img');
    const first = await code.getAttribute('src');
    await page.getByRole('button', { name: 'New code' }).click();
    await page.getByText('Code 1 · try 2').waitFor();
    await page.locator(`img.pair-qr:not([src="${first}"])`).waitFor();
    await look(screen, 'pair-qr');
    await screen.close();
  });

  it('says why it stopped and what to do, and begins again', async () => {
    const screen = await openPairing('budi');
    const { page } = screen;
    await page.getByRole('img').waitFor();
    expectOk(await dashboard.client.api.delete('devices/budi/disconnect?logout=false'));
    await page.getByRole('heading', { name: 'No phone is linked' }).waitFor();
    await page.getByText('The device was stopped on purpose').waitFor();
    await page.getByText('Connect the device to start it again').waitFor();
    await look(screen, 'pair-stopped');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('img').waitFor();
    await screen.close();
  });

  it('shows a code to be typed into the phone, and the way back to the QR code', async () => {
    const screen = await openPairing('budi', { width: 360 });
    const { page } = screen;
    await page.getByRole('tab', { name: 'Pairing code' }).click();
    await page.getByLabel('Number of the WhatsApp account').fill('12');
    await page.getByRole('button', { name: 'Get a pairing code' }).click();
    expect(await page.locator('.pair-code').count()).toBe(0);
    await page.getByLabel('Number of the WhatsApp account').fill('00000000000000');
    await page.getByRole('button', { name: 'Get a pairing code' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Number of the WhatsApp account').fill('0812 0000 0002');
    await page.getByRole('button', { name: 'Get a pairing code' }).click();
    await page.getByRole('heading', { name: 'Type this code into the phone' }).waitFor();
    expect(await page.locator('.pair-code').innerText()).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    await page.getByText(/Valid for \d+ seconds/).waitFor();
    await look(screen, 'pair-code');

    await page.getByRole('tab', { name: 'QR code' }).click();
    await page.getByText('A pairing code is being used now').waitFor();
    await page.getByRole('button', { name: 'Show a QR code instead' }).click();
    await page.getByRole('img').waitFor();
    await page.getByRole('tab', { name: 'Pairing code' }).click();
    await page.getByLabel('Number of the WhatsApp account').fill(`+${BUDI}`);
    await page.getByRole('button', { name: 'Get a' }).click();
    await page.locator('.pair-code').waitFor();
    await post(`/api/sandbox/phones/${BUDI}/pairing-code`, { deviceId: 'budi' });
    await page.getByRole('heading', { name: 'budi is connected' }).waitFor();
    await screen.close();
  });

  it('resets the session of a linked device after a question, and another phone links', async () => {
    expectOk(await dashboard.client.api.delete('devices/budi/disconnect?logout=false'));
    const screen = await openPairing('budi');
    const { page } = screen;
    await page.getByRole('heading', { name: 'A phone is linked already' }).waitFor();
    await look(screen, 'pair-resting');
    await page.getByRole('button', { name: 'Reset session' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'A phone is linked already' }).waitFor();
    await page.getByRole('button', { name: 'Reset session' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset session' }).click();
    await page.getByRole('img').waitFor();
    await scan(CITRA, 'budi');
    await page.getByText(`+${CITRA}`).waitFor();
    await screen.close();
  });

  it('offers what can be done when the id of a new device is taken', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add device' }).click();
    await dialog.getByLabel('Device id').fill('budi');
    await dialog.getByRole('button', { name: 'Add device' }).click();
    await dialog.getByRole('button', { name: 'Start over' }).waitFor();
    await dialog.getByRole('button', { name: 'Choose another id' }).waitFor();
    await dialog.getByRole('button', { name: 'Connect it' }).click();
    await page.getByRole('heading', { name: 'budi is connected' }).waitFor();
    await screen.go('/devices/nobody/pair');
    await page.getByRole('heading', { name: 'There is no device nobody' }).waitFor();
    await screen.close();
  });
});
