import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { ADMINISTRATOR, type Dashboard, fillSignIn, startDashboard } from '../support/dashboard.ts';

describeInBrowser('who comes to the pages', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ administrator: false });
  });
  afterAll(() => dashboard.stop());

  it('is told to open the set-up link, makes the first account with it, and is signed in', async () => {
    const early = await dashboard.open();
    await early.page.getByText('Nobody has an account yet').waitFor();
    await early.expectNoBarriers();
    await early.close();

    const screen = await dashboard.open({ width: 360 }, dashboard.setupLink?.split('#')[1]);
    const { page } = screen;
    await screen.expectNoBarriers();
    await screen.shoot('set-up');
    await page.getByLabel('Name').fill('Ana');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    expect(page.url()).not.toContain('token');
    await screen.close();
  });

  it('is told when the set-up link was used', async () => {
    const screen = await dashboard.open({}, dashboard.setupLink?.split('#')[1]);
    const { page } = screen;
    await page.getByLabel('Name').fill('Eve');
    await page.getByLabel('E-mail').fill('eve@example.com');
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('This link was used').waitFor();
    await screen.close();
  });

  it('reads in their language that the password is wrong, and comes to the page they wanted', async () => {
    const screen = await dashboard.open({ language: 'id', theme: 'dark' }, '/send');
    const { page } = screen;
    const password = page.locator('input[name=password]');
    await page.locator('input[name=email]').fill(ADMINISTRATOR.email);
    await password.fill('not the password at all');
    await password.press('Enter');
    await page.getByRole('alert').waitFor();
    await screen.expectNoBarriers();
    await screen.shoot('sign-in-refused');
    await fillSignIn(screen, ADMINISTRATOR);
    await page.getByRole('heading', { name: 'Kirim', level: 1 }).waitFor();
    await screen.close();
  });

  it('signs out, and the way back shows nothing of what was there', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Account of Ana' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to wafleet' }).waitFor();
    await page.goBack();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to wafleet' }).waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await screen.close();
  });

  it('sees what their role may, and no page beyond', async () => {
    const viewer = { email: 'vera@example.com', password: ADMINISTRATOR.password };
    const account = { name: 'Vera', role: 'viewer', ...viewer };
    expectOk(await dashboard.client.api.post('/api/auth/users', account));
    const screen = await dashboard.signIn({}, viewer);
    const { page } = screen;
    const entries = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    const names = await entries.allInnerTexts();
    expect(names).toContain('Devices');
    expect(names).not.toContain('Send');
    expect(names).not.toContain('Keys and people');
    expect(await page.getByRole('button', { name: 'Add device' }).count()).toBe(0);
    await screen.go('/send');
    await page.getByRole('heading', { name: 'There is no such page', level: 1 }).waitFor();
    await screen.close();
  });

  it('is asked to sign in again where they are when their session ends elsewhere', async () => {
    const owner = { email: 'omar@example.com', password: ADMINISTRATOR.password };
    const account = { name: 'Omar', role: 'operator', ...owner };
    const { data } = expectOk(
      await dashboard.client.api.post<{ userId: string }>('/api/auth/users', account),
    );
    const screen = await dashboard.signIn({}, { ...owner, path: '/jobs' });
    const { page } = screen;
    const change = { password: 'walnut harbour velvet' };
    expectOk(await dashboard.client.api.put(`/api/auth/users/${data.userId}`, change));
    await page.getByText('Your session has ended').waitFor();
    await fillSignIn(screen, { ...owner, ...change });
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await screen.close();
  });
});
