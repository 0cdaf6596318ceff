import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { ADMINISTRATOR, type Dashboard, startDashboard, type View } from '../support/dashboard.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const HOSTILE = '<img src=x onerror=alert(1)>';
const PASSPHRASE = 'correct horse battery';
const TABS = ['', 'settings', 'pacing', 'records', 'groups', 'log', 'session'];

interface Details {
  readonly deviceName: string | null;
  readonly tags: readonly string[];
  readonly hasProxy: boolean;
  readonly settings: {
    readonly autoRead: boolean;
    readonly historyDays: number | null;
    readonly pacing: Record<string, unknown>;
  };
}

describeInBrowser('the page of a device', () => {
  let dashboard: Dashboard;
  const post = async (path: string, body?: object) => expectOk(await dashboard.client.api.post(path, body));
  const details = async () => expectOk(await dashboard.client.api.get<Details>('devices/ana')).data;
  const openDevice = async (tab: string, view: View = {}) => {
    const screen = await dashboard.signIn(view);
    await screen.go(`/devices/ana?tab=${tab}`);
    return screen;
  };

  beforeAll(async () => {
    dashboard = await startDashboard();
    const { client } = dashboard;
    await post('/api/sandbox/phones', { phoneNumber: ANA, pushName: HOSTILE });
    await post('/api/sandbox/phones', { phoneNumber: BUDI });
    await client.createDevice('ana', { deviceName: 'Toko Ana', tags: ['jakarta'] });
    await client.showQr('ana');
    await post(`/api/sandbox/phones/${ANA}/scan`, { deviceId: 'ana' });
    await client.waitForStatus('ana', 'connected');
    await post(`/api/sandbox/phones/${ANA}/groups`, { subject: `Keluarga ${HOSTILE}`, members: [BUDI] });
  });
  afterAll(() => dashboard.stop());

  for (const view of [
    { width: 1440, theme: 'light', language: 'en' },
    { width: 360, theme: 'dark', language: 'id' },
  ] as const) {
    it(`has no barriers at ${view.width} px, ${view.theme}`, async () => {
      const screen = await dashboard.signIn(view);
      for (const tab of TABS) {
        await screen.go(`/devices/ana?tab=${tab}`);
        if (tab === 'groups') await screen.page.locator('summary').click();
        await screen.expectNoSidewaysScroll();
        await screen.expectNoBarriers();
        await screen.shoot(`device-${tab || 'overview'}`);
      }
      await screen.close();
    });
  }

  it('says how the device is while that changes', async () => {
    const screen = await openDevice('');
    const { page } = screen;
    const main = page.locator('#main');
    await main.getByText('Connected', { exact: true }).waitFor();
    await main.getByText(HOSTILE).waitFor();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
    await main.getByText('The device was stopped on purpose').waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await main.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('row').filter({ hasText: 'The device was stopped on purpose' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'A phone was linked' }).waitFor();
    await screen.close();
  });

  it('saves name, tags and behaviour, and says at the field what is not accepted', async () => {
    const screen = await openDevice('settings');
    const { page } = screen;
    await page.getByLabel('Name', { exact: true }).fill('Toko Ana Satu');
    await page.getByLabel('Tags').fill('jakarta, vip, jakarta');
    await page.getByLabel('Mark what comes in as read').check();
    await page.getByLabel('Days history is kept').fill('30');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Toko Ana Satu', level: 1 }).waitFor();
    expect(await details()).toMatchObject({
      deviceName: 'Toko Ana Satu',
      tags: ['jakarta', 'vip'],
      settings: { autoRead: true, historyDays: 30 },
    });
    const address = page.getByLabel('New address');
    await address.fill('ftp://proxy.example.com');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.locator('.field-error').getByText('socks5').waitFor();
    expect(await address.getAttribute('aria-invalid')).toBe('true');
    await address.fill('socks5://user:secret@proxy.example.com:1080');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await page.getByText('A proxy is set').waitFor();
    expect(await page.content()).not.toContain('secret');
    await page.getByRole('button', { name: 'Remove the proxy' }).click();
    await page.getByText('The device connects directly').waitFor();
    expect((await details()).hasProxy).toBe(false);
    await screen.close();
  });

  it('saves the pacing, warns of what is off, and sends nothing that does not fit', async () => {
    const screen = await openDevice('pacing');
    const { page } = screen;
    const save = page.getByRole('button', { name: 'Save' });
    await page.getByText('Limits are not enforced').waitFor();
    await page.getByLabel('Shortest pause, seconds', { exact: true }).fill('60');
    await save.click();
    await page.getByText('The longest must not be shorter than the shortest').waitFor();
    expect((await details()).settings.pacing).toMatchObject({ gapSeconds: { min: 2, max: 5 } });
    await page.getByLabel('Longest pause, seconds', { exact: true }).fill('90');
    await page.getByLabel('Hold messages back at these limits').check();
    await page.getByLabel('Limit for an hour').uncheck();
    await page.getByText('There is no limit for an hour').waitFor();
    await page.getByLabel('Do not send at night').check();
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await save.click();
    await page.locator('.field-error').getByText('IANA time zone').waitFor();
    await page.getByLabel('Time zone').fill('Asia/Jakarta');
    await save.click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await details()).settings.pacing).toMatchObject({
      enforce: true,
      gapSeconds: { min: 60, max: 90 },
      hourlyCap: null,
      dailyCap: 500,
      quietHours: { from: '21:00', to: '07:00', timezone: 'Asia/Jakarta' },
    });
    await screen.close();
  });

  it('decides whose history is kept, and asks before anything is erased', async () => {
    const screen = await openDevice('records');
    const { page } = screen;
    const holds = page.locator('#main [aria-current=true]');
    await holds.getByText('Nobody has decided').waitFor();
    await page.getByRole('button', { name: 'Keep history' }).click();
    await holds.getByText('Kept (aktif)').waitFor();
    await page.getByRole('button', { name: 'Keep nothing' }).click();
    await page.getByRole('dialog').getByText('erased at once').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep nothing' }).click();
    await holds.getByText('Not kept (nonaktif)').waitFor();
    await page.getByRole('button', { name: 'Withdraw the decision' }).click();
    await holds.getByText('Nobody has decided').waitFor();
    await screen.close();
  });

  it('adds a chatbot whose secret is shown once, switches it off and deletes it', async () => {
    const screen = await openDevice('records');
    const { page } = screen;
    await page.getByLabel('Address of the program').fill('https://127.0.0.1/bot');
    await page.getByRole('button', { name: 'Add chatbot' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Address of the program').fill('https://bot.example.com/whatsapp');
    await page.getByRole('button', { name: 'Add chatbot' }).click();
    const secret = await page.getByRole('dialog').getByLabel('Secret of the chatbot').last().inputValue();
    expect(secret).toMatch(/^whsec_/);
    await screen.expectNoBarriers();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('It was not asked yet').waitFor();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('Off (nonaktif)').waitFor();
    await page.getByRole('button', { name: 'Delete chatbot' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete chatbot' }).click();
    await page.getByText('No chatbot').waitFor();
    await screen.close();
  });

  it('shows a viewer everything and lets them change nothing', async () => {
    const vera = { email: 'vera@example.com', password: ADMINISTRATOR.password };
    await post('/api/auth/users', { name: 'Vera', role: 'viewer', ...vera });
    const screen = await dashboard.signIn({}, vera);
    const { page } = screen;
    await screen.go('/devices/ana');
    expect(await page.getByRole('tab').allInnerTexts()).toEqual([
      'Overview',
      'Settings',
      'Pacing',
      'History and chatbot',
      'Groups',
      'Log',
    ]);
    const buttons = page.locator('#main').getByRole('button');
    for (const tab of TABS.slice(0, 6)) {
      await screen.go(`/devices/ana?tab=${tab}`);
      expect(await buttons.allInnerTexts(), tab).toEqual([]);
      await screen.expectNoBarriers();
    }
    await screen.close();
  });

  it('brings a wiped session back from a backup, without scanning', async () => {
    const screen = await openDevice('session');
    const { page } = screen;
    await page.getByRole('button', { name: 'Stop the device' }).click();
    await page.getByLabel('Passphrase').first().fill(PASSPHRASE);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download backup' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('session-ana.wafleet');
    const file = await download.path();

    await page.getByRole('button', { name: 'Wipe session' }).click();
    const dialog = page.getByRole('dialog');
    const wipe = dialog.getByRole('button', { name: 'Wipe session' });
    await dialog.getByLabel('Type ana to confirm').fill('an');
    expect(await wipe.isDisabled()).toBe(true);
    await screen.expectNoBarriers();
    await dialog.getByLabel('Type ana to confirm').fill('ana');
    await wipe.click();
    await page.getByRole('button', { name: 'Choose a file' }).waitFor();

    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByLabel('Passphrase').fill('another passphrase');
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByText('The session is back').waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await dashboard.client.waitForStatus('ana', 'connected');
    await screen.close();
  });

  it('is gone from the list when the device is deleted', async () => {
    const screen = await openDevice('session');
    const { page } = screen;
    await page.getByRole('button', { name: 'Delete device' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Also erase its messages and history for good').check();
    await dialog.getByLabel('Type ana to confirm').fill('ana');
    await dialog.getByRole('button', { name: 'Delete device' }).click();
    await page.getByRole('heading', { name: 'No device yet' }).waitFor();
    await screen.go('/devices/ana');
    await page.getByRole('heading', { name: 'There is no device ana' }).waitFor();
    await screen.close();
  });
});
