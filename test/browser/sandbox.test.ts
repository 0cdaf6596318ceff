import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, type Screen, startDashboard } from '../support/dashboard.ts';
import { ANNA, BUDI, CITRA, sandboxSteps } from '../support/sandbox.ts';

describeInBrowser('the sandbox panel', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
    await dashboard.client.createDevice(ANNA.deviceId);
  });
  afterAll(() => dashboard.stop());

  const writeIn = async ({ page }: Screen, text: string) => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
  };

  it('a phone is made and scans the code of a device that was not even connecting', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/sandbox');
    const { page } = screen;
    for (const { pushName } of [ANNA, BUDI]) {
      await page.getByRole('button', { name: 'New phone' }).click();
      await page.getByRole('dialog').getByLabel('Name').fill(pushName);
      await page.getByRole('button', { name: 'Make the phone' }).click();
      await page.getByRole('region', { name: `Phone of ${pushName}` }).waitFor();
    }
    await page.getByRole('button', { name: /Anna/ }).click();
    await page.getByRole('button', { name: 'Scan its QR code' }).click();
    await page.getByText('Anna linked with anna').waitFor();
    await page.getByText('Linked: anna').waitFor();
    await dashboard.client.waitForStatus(ANNA.deviceId, 'connected');
    await screen.expectNoSidewaysScroll();
    await screen.close();
  });

  it('a pairing code is typed into another phone', async () => {
    await dashboard.client.createDevice(CITRA.deviceId);
    await sandboxSteps(dashboard.client).makePhone(CITRA);
    const screen = await dashboard.signIn();
    await screen.go(`/sandbox?phone=${CITRA.phoneNumber}`);
    await screen.page.getByRole('button', { name: 'Enter its pairing code' }).click();
    await screen.page.getByText('Linked: citra').waitFor();
    await screen.close();
  });

  it('what a device sends is read, answered and reacted to on the phone', async () => {
    const { client } = dashboard;
    const screen = await dashboard.signIn();
    await screen.go(`/sandbox?phone=${BUDI.phoneNumber}`);
    const { page } = screen;
    const message = { to: BUDI.phoneNumber, message: 'Open until nine' };
    const { messageId } = expectOk(
      await client.api.post<{ messageId: string }>('devices/anna/send-message', message),
    ).data;
    await page.getByRole('button', { name: /Anna 1 unread Open until nine/ }).click();
    await page.getByRole('button', { name: 'Reply: Open until nine' }).click();
    await writeIn(screen, 'Thank you');
    await page.getByRole('listitem').filter({ hasText: 'Thank you' }).getByText('Open until nine').waitFor();
    await page.getByRole('button', { name: 'React with 👍: Open until nine' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Open until nine' }).getByText('👍').first().waitFor();
    const from = client.events.length;
    await page.getByRole('button', { name: 'Mark as read' }).click();
    await client.waitForEvent(
      (event) => event.type === 'message_status' && event.messageId === messageId && event.status === 'read',
      from,
    );
    await page.getByRole('button', { name: 'Take back: Thank you' }).click();
    await page.getByText('This message was taken back').waitFor();
    await screen.expectNoBarriers();
    await screen.close();
  });

  it('a phone answers by itself', async () => {
    const screen = await dashboard.signIn();
    await screen.go(`/sandbox?phone=${BUDI.phoneNumber}&chat=${ANNA.phoneNumber}`);
    const { page } = screen;
    await page.getByLabel('Answer', { exact: true }).fill('I heard {text}');
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByText('The phone answers by itself').waitFor();
    expectOk(
      await dashboard.client.api.post('devices/anna/send-message', { to: BUDI.phoneNumber, message: 'Ping' }),
    );
    await page.getByText('I heard Ping').first().waitFor();
    await screen.close();
  });

  it('a trouble strikes until it is cleared', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/sandbox');
    const { page } = screen;
    const armed = page.getByRole('list', { name: 'Waiting troubles' });
    await page.getByLabel('Trouble', { exact: true }).selectOption('nack');
    await page.getByText('The message is refused with this code').first().waitFor();
    await page.getByLabel('Code', { exact: true }).fill('479');
    await page.getByLabel('How often').fill('');
    await page.getByRole('button', { name: 'Cause it' }).click();
    await armed.getByText('struck 0 times').waitFor();
    const refused = { to: BUDI.phoneNumber, message: 'No' };
    expect((await dashboard.client.api.post('devices/anna/send-message', refused)).status).toBe(422);
    await armed.getByText(/struck [1-9]/).waitFor();
    await armed.getByRole('button', { name: 'Clear: nack' }).click();
    await page.getByText('None is waiting.').waitFor();
    const { data } = await dashboard.client.api.get<object>('/api/sandbox/faults');
    expect(data).toMatchObject({ items: [] });
    await screen.close();
  });

  it('the owner takes the device off the phone', async () => {
    const screen = await dashboard.signIn();
    await screen.go(`/sandbox?phone=${ANNA.phoneNumber}`);
    const { page } = screen;
    await page.getByRole('button', { name: 'Unlink' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    await dashboard.client.waitForStatus(ANNA.deviceId, 'logged_out');
    await page.getByText('No device linked').first().waitFor();
    await screen.close();
  });
});
