import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { ANNA, BUDI, sandboxSteps } from '../support/sandbox.ts';

describeInBrowser('alerts', () => {
  let dashboard: Dashboard;
  let sandbox: ReturnType<typeof sandboxSteps>;
  beforeAll(async () => {
    dashboard = await startDashboard();
    sandbox = sandboxSteps(dashboard.client);
    await sandbox.pair(ANNA);
    await sandbox.makePhone(BUDI);
    const { api } = dashboard.client;
    const { data: list } = expectOk(
      await api.post<{ id: number }>('/api/whatsapp/recipient-lists', { name: 'Night shift' }),
    );
    const { data: budi } = expectOk(
      await api.post<{ id: number }>('/api/whatsapp/recipients', { name: 'Budi', number: BUDI.phoneNumber }),
    );
    const members = `/api/whatsapp/recipient-lists/${list.id}/members`;
    expectOk(await api.post(members, { recipient_ids: [budi.id] }));
  });
  afterAll(() => dashboard.stop());

  it('one shows who has read it, as it happens, and is acknowledged by whoever is signed in', async () => {
    const { api } = dashboard.client;
    const order = { list: 'Night shift', message: 'Tank 7 is full', requiresAck: true, pool: ['anna'] };
    expectOk(await api.post('alerts', order));
    const screen = await dashboard.signIn({ width: 360 });
    await screen.go('/alerts');
    const { page } = screen;
    const alert = page.getByRole('listitem').filter({ hasText: 'Tank 7 is full' });
    await alert.getByRole('button', { name: 'Messages: Tank 7 is full' }).click();
    await alert.getByRole('row', { name: 'Budi' }).getByText('Delivered').waitFor();
    await sandbox.post(`/phones/${BUDI.phoneNumber}/read`, { from: ANNA.phoneNumber });
    await alert.getByRole('row', { name: 'Budi' }).getByText('Read').waitFor();
    await screen.expectNoBarriers();
    await screen.expectNoSidewaysScroll();
    await alert.getByRole('button', { name: 'Acknowledge: Tank 7 is full' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
    await alert.getByText('Acknowledged by Ana').waitFor();
    await page.getByLabel('State').selectOption('Waits for an acknowledgement');
    await page.getByText('None in this state').waitFor();
    const { data } = await api.get<object>('alerts');
    expect(data).toMatchObject({ items: [{ status: 'acknowledged', acknowledgedBy: 'Ana' }] });
    await screen.close();
  });
});
