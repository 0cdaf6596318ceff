import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { startReceiver } from '../support/receiver.ts';

describeInBrowser('webhooks', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ environment: { EGRESS_ALLOW: '127.0.0.1' } });
    await dashboard.client.createDevice('anna', { deviceName: 'Shop' });
  });
  afterAll(() => dashboard.stop());

  it('one is added, shows its secret once, and is not closed by a slip', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/webhooks');
    const { page } = screen;
    await page.getByRole('button', { name: 'Add webhook' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Address').fill('https://1.1.1.1/hook');
    await form.getByLabel('Everything').uncheck();
    await form.getByRole('button', { name: 'Add webhook' }).click();
    await form.getByText('Choose at least one.').waitFor();
    await form.getByLabel('Message received').check();
    await form.getByLabel('Devices', { exact: true }).selectOption('Only some devices');
    await form.getByLabel('Shop').check();
    await form.getByRole('button', { name: 'Add webhook' }).click();
    const secret = await page.getByLabel('Signing secret').inputValue();
    expect(secret).toMatch(/^whsec_/);
    await page.keyboard.press('Escape');
    await page.getByText('It cannot be shown again.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByLabel('Signing secret').inputValue()).toBe(secret);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'https://1.1.1.1/hook' });
    await row.getByText('Devices: anna').waitFor();
    const { data } = await dashboard.client.api.get<object>('webhooks');
    expect(data).toMatchObject({ items: [{ events: ['message'], deviceIds: ['anna'] }] });
    await screen.close();
  });

  it('an address that is not allowed is refused in the form, which keeps what was entered', async () => {
    const screen = await dashboard.signIn();
    await screen.go('/webhooks');
    const { page } = screen;
    await page.getByRole('button', { name: 'Add webhook' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Address').fill('http://10.1.2.3/hook');
    await form.getByRole('button', { name: 'Add webhook' }).click();
    await form.getByRole('alert').getByText('URL_NOT_ALLOWED').waitFor();
    expect(await form.getByLabel('Address').inputValue()).toBe('http://10.1.2.3/hook');
    await screen.close();
  });

  it('deliveries show their attempts, and are made again when somebody asks', async () => {
    let status = 500;
    const receiver = await startReceiver((_request, response) => {
      response.statusCode = status;
      response.end('the till is closed');
    });
    const url = `http://127.0.0.1:${receiver.port}/hook`;
    const order = { url, events: ['*'] };
    const { webhookId } = expectOk(
      await dashboard.client.api.post<{ webhookId: string }>('webhooks', order),
    ).data;
    const screen = await dashboard.signIn();
    await screen.go(`/webhooks/${webhookId}`);
    const { page } = screen;
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The test was not taken: 500').waitFor();
    await page.getByText('the till is closed').first().waitFor();
    await dashboard.client.createDevice('noted');
    await dashboard.client.api.delete('devices/noted');
    const delivery = page.getByRole('list', { name: 'Deliveries' }).getByRole('listitem').first();
    await delivery.getByText('Answer 500').first().waitFor();
    await delivery.getByText('Device removed').click();
    await delivery.getByText('Attempt 1').waitFor();
    await screen.expectNoBarriers();
    status = 200;
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The receiver took the test: 200').waitFor();
    await delivery.getByText('Delivered').waitFor();
    await delivery.getByRole('button', { name: /^Send again/ }).click();
    await page.getByText('It is sent again').waitFor();
    await screen.close();
  });

  it('is disabled with its reason, enabled again, and deleted when that is confirmed', async () => {
    const order = { url: 'https://1.1.1.1/other', events: ['*'] };
    const { webhookId } = expectOk(
      await dashboard.client.api.post<{ webhookId: string }>('webhooks', order),
    ).data;
    const screen = await dashboard.signIn({ language: 'id' });
    await screen.go(`/webhooks/${webhookId}`);
    const { page } = screen;
    const confirm = (name: string) => page.getByRole('dialog').getByRole('button', { name }).click();
    await page.getByRole('button', { name: 'Nonaktifkan' }).click();
    await confirm('Nonaktifkan');
    await page.getByText('Dinonaktifkan oleh seseorang.').waitFor();
    await page.getByRole('button', { name: 'Aktifkan' }).click();
    await page.getByText('Aktif: dimulai dari kejadian sekarang.').waitFor();
    await page.getByRole('button', { name: 'Hapus' }).click();
    await confirm('Hapus');
    await page.getByText('Webhook dihapus').waitFor();
    expect((await dashboard.client.api.get(`webhooks/${webhookId}`)).status).toBe(404);
    await screen.close();
  });
});
