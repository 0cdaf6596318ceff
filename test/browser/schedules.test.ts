import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';

describeInBrowser('schedules', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
    await dashboard.client.createDevice('anna');
    await dashboard.client.createDevice('budi');
  });
  afterAll(() => dashboard.stop());

  const begin = async (page: Page) => {
    await page.getByLabel('Device', { exact: true }).selectOption('anna');
    await page.getByLabel('Phone number').fill('081200000002');
    await page.getByLabel('Text', { exact: true }).fill('Selamat pagi!');
  };
  const at = async (page: Page, { date, time, zone }: { date: string; time: string; zone: string }) => {
    await page.getByLabel('Time zone').fill(zone);
    await page.getByLabel(/^(First d|D)ate/).fill(date);
    await page.getByLabel('Time', { exact: true }).fill(time);
  };
  const next = (page: Page) => page.getByRole('main').locator('ol');

  it('are made with a simple form that shows when they come, changed and cancelled', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    const { page } = screen;
    await screen.go('/schedules');
    await page.getByText('Nothing is scheduled').waitFor();
    await page.getByRole('link', { name: 'New schedule' }).first().click();
    await begin(page);
    await page.getByLabel('How often').selectOption('weekly');
    await at(page, { date: '2030-01-01', time: '08:00', zone: 'Asia/Jakarta' });
    await page.getByText('Mon', { exact: true }).click();
    await page.getByText('Thu', { exact: true }).click();
    await next(page).getByText('Jan 3, 2030').waitFor();
    await screen.expectNoBarriers();
    await page.getByRole('button', { name: 'Schedule it' }).click();

    const row = page.getByRole('listitem').filter({ hasText: '+62 812-0000-0002' });
    await row.getByText('Weekly on Mon, Thu').waitFor();
    await row.getByRole('link', { name: 'Change' }).click();
    await page.getByLabel('Text', { exact: true }).fill('Selamat siang!');
    await page.getByLabel('How often').selectOption('monthly');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await row.getByText('Selamat siang!').waitFor();
    await row.getByText('Monthly').waitFor();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the schedule' }).click();
    await row.getByText('Cancelled').waitFor();
    await screen.close();
  });

  it('say at their fields what cannot be: past times, times the clocks skip, rules that are none', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go('/schedules/new');
    await begin(page);
    await at(page, { date: '2020-01-01', time: '08:00', zone: 'Asia/Jakarta' });
    await page.getByText('This time is past').waitFor();

    await at(page, { date: '2030-03-31', time: '02:30', zone: 'Europe/Berlin' });
    await page.getByText('the clocks of Europe/Berlin skip this time').waitFor();
    expect(await page.getByLabel('Time', { exact: true }).getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Use 03:00' }).click();
    await next(page).getByText('Mar 31, 2030, 03:00').waitFor();

    await page.getByLabel('How often').selectOption('daily');
    await at(page, { date: '2030-03-30', time: '02:30', zone: 'Europe/Berlin' });
    await page.getByText('The clocks are set forward and skip 02:30').waitFor();

    await page.getByLabel('How often').selectOption('expert');
    await page.getByLabel('Rule').fill('0 9 * * 8');
    await page.getByText('This rule cannot be used').waitFor();
    await page.getByRole('button', { name: 'Schedule it' }).click();
    await page.getByText('This rule cannot be used').waitFor();
    await page.getByLabel('Rule').fill('0 9 * * 1');
    await next(page).locator('time').first().waitFor();
    await page.getByLabel('Time zone').fill('Mars/Olympus');
    await page.getByText('This is no time zone').waitFor();
    await screen.close();
  });

  it('of all devices are one list, live', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go('/schedules');
    const order = { to: '081200000003', message: 'made elsewhere', scheduleTime: '2030-01-01 08:00:00' };
    const { api } = dashboard.client;
    const { data } = expectOk(await api.post<{ scheduleId: string }>('devices/budi/schedule-message', order));
    await page.getByText('made elsewhere').waitFor();
    await page.getByLabel('Device', { exact: true }).selectOption('anna');
    await page.getByText('made elsewhere').waitFor({ state: 'detached' });
    await page.getByLabel('Device', { exact: true }).selectOption('budi');
    const row = page.getByRole('listitem').filter({ hasText: 'made elsewhere' });
    await row.waitFor();
    expectOk(await api.delete(`devices/budi/schedules/${data.scheduleId}`));
    await row.getByText('Cancelled').waitFor();
    await screen.close();
  });

  it('are only looked at by who may not send', async () => {
    const viewer = { name: 'Vita', email: 'vita@example.com', password: 'quiet river stone', role: 'viewer' };
    expectOk(await dashboard.client.api.post('/api/auth/users', viewer));
    const screen = await dashboard.signIn({}, { ...viewer, path: '/' });
    const { page } = screen;
    await screen.go('/schedules');
    expect(await page.getByRole('link', { name: 'New schedule' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Send' }).count()).toBe(0);
    await screen.go('/jobs');
    expect(await page.getByRole('link', { name: 'New job' }).count()).toBe(0);
    await screen.go('/send');
    await page.getByText('There is no such page').first().waitFor();
    await screen.close();
  });
});
