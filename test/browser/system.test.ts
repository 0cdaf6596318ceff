import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { PASSWORD } from '../support/people.ts';
import { ANNA, sandboxSteps } from '../support/sandbox.ts';

describeInBrowser('the system page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
    await sandboxSteps(dashboard.client).pair(ANNA);
  });
  afterAll(() => dashboard.stop());

  it('says that all is there, counts devices and what waits, and keeps up', async () => {
    const screen = await dashboard.signIn();
    await screen.go('/system');
    const { page } = screen;
    await page.getByText('Everything it needs is there').waitFor();
    await page.getByText('Database is up to date').waitFor();
    await dashboard.client.createDevice('new-one');
    await dashboard.client.showQr('new-one');
    await page.getByText('Waiting for the phone').waitFor();
    await page.locator('a[href="#/devices?status=pairing"]').click();
    await page.getByRole('article', { name: 'new-one' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(1);
    await screen.close();
  });

  it('shows a viewer of some devices neither the queue nor how the server is run', async () => {
    const person = { name: 'Dewi', email: 'dewi@example.com', role: 'viewer', deviceIds: ['anna'] };
    expectOk(await dashboard.client.api.post('/api/auth/users', { ...person, password: PASSWORD }));
    const screen = await dashboard.signIn({ width: 360 }, { email: person.email, password: PASSWORD });
    await screen.go('/system');
    const { page } = screen;
    await page.getByText('Not shown to people who are limited').waitFor();
    expect(await page.getByText('Node.js').count()).toBe(0);
    await screen.close();
  });
});
