import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { PASSWORD } from '../support/people.ts';

const TABLE = 'Nama;No HP;kota\nBudi;081200000002;Jakarta\nSiti;0812-0000-0003;Bandung\nWrong;12;Solo\n';

describeInBrowser('recipients', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it('a person is added with fields, and the number of another is refused in the form', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/recipients');
    const { page } = screen;
    const form = page.getByRole('dialog');
    const fill = async (name: string) => {
      await page.getByRole('button', { name: 'Add recipient' }).click();
      await form.getByLabel('Name').fill(name);
      await form.getByLabel('Phone number').fill('0812 0000 0001');
      await form.getByLabel('Fields').fill('city=Depok');
      await form.getByRole('button', { name: 'Save' }).click();
    };
    await fill('Anna');
    const row = page.getByRole('row', { name: 'Anna' });
    await row.getByText('+62 812-0000-0001').waitFor();
    await row.getByText('city=Depok').waitFor();
    await fill('Another');
    await form.getByText('Somebody has this number already.').waitFor();
    await screen.close();
  });

  it('a table fills a list and tells which rows were left out; somebody saved is added and taken off', async () => {
    const screen = await dashboard.signIn();
    await screen.go('/recipients?tab=lists');
    const { page } = screen;
    await page.getByRole('button', { name: 'New list' }).click();
    await page.getByLabel('Name of the list').fill('Night shift');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Night shift' }).click();
    await page.getByRole('button', { name: 'Import a table' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Rows: 3. New: 2').waitFor();
    expect(await page.getByRole('dialog').getByRole('row', { name: '4' }).innerText()).toContain('No HP');
    await screen.expectNoBarriers();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('2 people').waitFor();
    await page.getByRole('button', { name: 'Add people' }).click();
    await page.getByRole('dialog').getByLabel('Anna').check();
    await page.getByRole('button', { name: 'Add 1 person' }).click();
    await page.getByText('3 people').waitFor();
    await page.getByRole('button', { name: 'Take off: Siti' }).click();
    await page.getByRole('row', { name: 'Siti' }).waitFor({ state: 'detached' });
    const { data } = await dashboard.client.api.get<object>('/api/whatsapp/recipient-lists');
    expect(data).toMatchObject({ items: [{ name: 'Night shift', members: 2 }] });
    await screen.close();
  });

  it('a viewer sees people and changes nothing', async () => {
    const person = { name: 'Dewi', email: 'dewi@example.com', role: 'viewer', password: PASSWORD };
    expectOk(await dashboard.client.api.post('/api/auth/users', person));
    const screen = await dashboard.signIn({}, person);
    await screen.go('/recipients');
    await screen.page.getByRole('row', { name: 'Anna' }).waitFor();
    const names = await screen.page.locator('#main').getByRole('button').allInnerTexts();
    expect(names.join()).not.toMatch(/Add|Edit|Delete/);
    await screen.close();
  });
});
