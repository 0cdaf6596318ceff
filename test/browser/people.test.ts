import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';

describeInBrowser('keys and people', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
    await dashboard.client.createDevice('anna');
  });
  afterAll(() => dashboard.stop());

  it('a key is made with its rights, works as long as it is not revoked', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/people');
    const { page } = screen;
    await page.getByRole('button', { name: 'New key' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Billing');
    await form.getByLabel('Send messages').uncheck();
    await form.getByRole('button', { name: 'Make the key' }).click();
    await form.getByText('Choose at least one.').waitFor();
    await form.getByLabel('See devices').check();
    await form.getByLabel('Expires').selectOption('In 30 days');
    await screen.expectNoBarriers();
    await form.getByRole('button', { name: 'Make the key' }).click();
    const key = await page.getByLabel('Key', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'I have stored it' }).click();
    const statuses = async () => {
      const headers = { 'x-api-key': key };
      const at = `${dashboard.url}/api/whatsapp-multi-device`;
      const answers = await Promise.all(
        ['devices', 'webhooks'].map((path) => fetch(`${at}/${path}`, { headers })),
      );
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 403]);
    await page.getByRole('button', { name: 'Revoke: Billing' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Key revoked').waitFor();
    expect(await statuses()).toEqual([401, 401]);
    await page.getByRole('row', { name: 'Billing' }).waitFor({ state: 'detached' });
    await page.getByText('Show revoked keys too').click();
    await page.getByRole('row', { name: 'Billing' }).getByText('Revoked').waitFor();
    await screen.close();
  });

  it('somebody is added, signs in with what was handed over, and sees what the role and devices allow', async () => {
    const screen = await dashboard.signIn();
    await screen.go('/people?tab=people');
    const { page } = screen;
    await page.getByRole('button', { name: 'Add person' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Dewi');
    await form.getByLabel('E-mail').fill('dewi@example.com');
    await form.getByLabel('Role').selectOption('Viewer');
    await form.getByText('changes nothing').waitFor();
    await form.getByLabel('Devices', { exact: true }).selectOption('Only some devices');
    await form.getByLabel('anna').check();
    await form.getByRole('button', { name: 'Suggest one' }).click();
    await screen.expectNoBarriers();
    await form.getByRole('button', { name: 'Add person' }).click();
    const password = await page.getByLabel('Password', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'I have stored it' }).click();

    const theirs = await dashboard.signIn({}, { email: 'dewi@example.com', password });
    const pages = await theirs.page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link')
      .allInnerTexts();
    expect(pages).toContain('Devices');
    expect(pages).not.toContain('Keys and people');
    expect(pages).not.toContain('Sandbox');
    await theirs.go('/people');
    await theirs.page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();

    await page.getByRole('button', { name: 'Disable: Dewi' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('row', { name: 'Dewi' }).getByText('Disabled').waitFor();
    await theirs.page.getByText('Your session has ended').waitFor();
    await theirs.context.close();
    await screen.close();
  });

  it('the last administrator stays one, and the form says why', async () => {
    const screen = await dashboard.signIn();
    await screen.go('/people?tab=people');
    const { page } = screen;
    await page.getByRole('button', { name: 'Edit: Ana' }).click();
    await page.getByLabel('Role').selectOption('Operator');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('This is the last administrator who can sign in').waitFor();
    await screen.close();
  });

  it('the audit log tells who did what, and shows one kind alone', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/people?tab=audit');
    const { page } = screen;
    await page.getByLabel('Who').selectOption('Ana');
    const only = page.getByRole('button', { name: /^Show only / });
    await page.getByRole('button', { name: 'Show only createUser' }).first().click();
    await page.getByRole('button', { name: 'Everything' }).waitFor();
    await page.getByRole('button', { name: 'Show only login' }).first().waitFor({ state: 'detached' });
    expect(new Set(await only.allInnerTexts())).toEqual(new Set(['createUser']));
    await page.getByLabel('To day').fill('2020-01-01');
    await page.getByText('Nothing was done in this time').waitFor();
    await screen.expectNoBarriers();
    await screen.close();
  });
});
