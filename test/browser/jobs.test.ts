import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { ANNA, BUDI, sandboxSteps } from '../support/sandbox.ts';

const LIST = [
  '\uFEFFNama;Nomor HP;Kode',
  ...Array.from({ length: 5 }, (_, index) => `Orang ${index};0812 0000 0002;K-${index}`),
  'Tono;bukan nomor;K-x',
  '"Ani; ""Nona""";6281200000002;K-y',
  'Orang 1;+62 812 0000 0002;K-1',
].join('\r\n');

describeInBrowser('jobs', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
    const sandbox = sandboxSteps(dashboard.client);
    await sandbox.pair(ANNA);
    await sandbox.makePhone(BUDI);
  });
  afterAll(() => dashboard.stop());

  it('come from a list whose every row is checked, run live, and tell of every message', async () => {
    const screen = await dashboard.signIn({ width: 1440 });
    const { page } = screen;
    await screen.go('/jobs');
    await page.getByText('No job yet').waitFor();
    await page.getByRole('link', { name: 'New job' }).first().click();
    await page.getByRole('heading', { name: 'New job' }).waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
    await page.getByText('8 rows').waitFor();
    expect(await page.getByLabel('Column with the number').inputValue()).toBe('Nomor HP');
    const text = page.getByLabel('Text', { exact: true });
    await text.fill('Halo ');
    await page.getByRole('button', { name: 'Insert Nama' }).click();
    expect(await text.inputValue()).toBe('Halo {Nama}');
    await page.getByText('Halo Orang 0').waitFor();
    await page.getByLabel('Name of the job').fill('November');
    await page.getByLabel('Pause between messages').fill('0');

    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('6 messages will be sent.').waitFor();
    await page.getByText('1 row says the same to the same recipient').waitFor();
    await page.getByText('Line 7:').waitFor();
    const start = page.getByRole('button', { name: 'Start the job' });
    expect(await start.isDisabled()).toBe(true);
    await screen.expectNoBarriers();
    await page.getByText('Start without this row').click();
    await start.dblclick();

    await page.getByRole('heading', { name: 'November' }).waitFor();
    await page.getByText('Finished').waitFor();
    await page.getByText('All 6 shown').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(
      readFileSync(await file.path(), 'utf8')
        .trim()
        .split('\r\n'),
    ).toHaveLength(7);
    expect((await dashboard.client.api.get<{ total: number }>('jobs')).data.total).toBe(1);
    await screen.close();
  });

  it('are paused, resumed and cancelled, in the list, on a phone', async () => {
    const messages = Array.from({ length: 30 }, (_, index) => ({
      to: BUDI.phoneNumber,
      message: `slow ${index}`,
    }));
    const body = { messages, name: 'Slow', delay: 3 };
    await dashboard.client.api.post('devices/anna/jobs/send-text', body);
    const screen = await dashboard.signIn({ width: 360 });
    const { page } = screen;
    await screen.go('/jobs');
    const row = page.getByRole('listitem').filter({ hasText: 'Slow' });
    await row.getByText('Running').waitFor();
    await row.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('Paused').waitFor();
    await row.getByRole('button', { name: 'Resume' }).click();
    await row.getByText('Running').waitFor();
    await row.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click();
    await row.getByText('Cancelled').waitFor();
    await screen.close();
  });

  it('say what failed and why, and try that again', async () => {
    const messages = [BUDI.phoneNumber, '6281299999999'].map((to) => ({ to, message: 'half' }));
    const answer = await dashboard.client.api.post<{ jobId: string }>('devices/anna/jobs/send-text', {
      messages,
      name: 'Half',
      delay: 0,
    });
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go(`/jobs/${answer.data.jobId}`);
    await page.getByText('1 failed').waitFor();
    await page.getByLabel('State of the message').selectOption('failed');
    await page.getByText('All 1 shown').waitFor();
    await page.getByRole('row', { name: '+62 812-9999-9999' }).getByText('WhatsApp refused').waitFor();
    await page.getByRole('button', { name: 'Retry failed' }).click();
    await page.getByText('1 message queued again').waitFor();
    await page.getByRole('row', { name: '+62 812-9999-9999' }).getByText('2', { exact: true }).waitFor();
    await screen.close();
  });

  it('write to everybody on a saved list', async () => {
    const { api } = dashboard.client;
    const person = { name: 'Budi', number: BUDI.phoneNumber };
    const { data: saved } = expectOk(await api.post<{ id: number }>('/api/whatsapp/recipients', person));
    const path = '/api/whatsapp/recipient-lists';
    const { data: list } = expectOk(await api.post<{ id: number }>(path, { name: 'Customers' }));
    expectOk(await api.post(`${path}/${list.id}/members`, { recipient_ids: [saved.id] }));
    const screen = await dashboard.signIn({ width: 360 });
    const { page } = screen;
    await screen.go('/jobs/new');
    await page.getByLabel('Recipients from').selectOption('list');
    await page.getByLabel('List', { exact: true }).selectOption({ label: 'Customers (1)' });
    await page.getByLabel('Text', { exact: true }).fill('Halo ');
    await page.getByRole('button', { name: 'Insert name' }).click();
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByRole('button', { name: 'Start the job' }).click();
    await page.getByText('Finished').waitFor();
    const phone = `/api/sandbox/phones/${BUDI.phoneNumber}/messages`;
    const { data: received } = await api.get<{ items: readonly { text: string }[] }>(phone);
    expect(received.items.map(({ text }) => text)).toContain('Halo Budi');
    await screen.close();
  });

  it('take the groups of the device as rows', async () => {
    const sandbox = sandboxSteps(dashboard.client);
    const group = { subject: 'Kids, "A"', members: [BUDI.phoneNumber] };
    await sandbox.post(`/phones/${ANNA.phoneNumber}/groups`, group);
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go('/jobs/new');
    await page.getByLabel('What is sent').selectOption('group_text');
    await page.getByRole('button', { name: 'Take all groups of the device' }).click();
    await page.getByText('1 row', { exact: true }).waitFor();
    await page.getByLabel('Text', { exact: true }).fill('Dear {name}');
    await page.getByText('Dear Kids, "A"').waitFor();
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('1 message will be sent.').waitFor();
    await screen.close();
  });

  it('of pasted rows for groups say which id is none', async () => {
    const screen = await dashboard.signIn({ width: 360 });
    const { page } = screen;
    await screen.go('/jobs/new');
    await page.getByLabel('What is sent').selectOption('group_text');
    await page.getByLabel('Or paste rows').fill('120363041234567890@g.us\tMorning\nnobody\tEvening');
    await page.getByText('2 rows').waitFor();
    await page.getByLabel('Text', { exact: true }).fill('{2}!');
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('is no id of a group').waitFor();
    await page.getByText('1 message will be sent.').waitFor();
    await screen.expectNoSidewaysScroll();
    await screen.close();
  });

  it('stay usable with ten thousand rows, and refuse one more', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go('/jobs/new');
    const rows = (many: number) =>
      Buffer.from(Array.from({ length: many }, (_, index) => `628120${1_000_000 + index},Orang`).join('\n'));
    const file = page.locator('input[type=file]');
    await file.setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: rows(10_001) });
    await page.getByText('A job takes at most 10,000 rows.').first().waitFor();
    await page.getByRole('button', { name: 'Remove many.csv' }).click();
    await file.setInputFiles({ name: 'fits.csv', mimeType: 'text/csv', buffer: rows(10_000) });
    await page.getByLabel('Text', { exact: true }).fill('Halo {2}');
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('10,000 messages will be sent.').waitFor();
    await screen.close();
  });

  it('of files are refused as a whole, and say which row is at fault', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go('/jobs/new');
    await page.getByLabel('What is sent').selectOption('media');
    await page.getByLabel('Or paste rows').fill(`number,file\n${BUDI.phoneNumber},http://plain.example/a\n`);
    await page.getByLabel('Address of the file').fill('{file}');
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('is no https address').waitFor();
    await page.getByLabel('Address of the file').fill('https://127.0.0.1/{number}.png');
    await page.getByRole('button', { name: 'Check every row' }).click();
    await page.getByText('1 message will be sent.').waitFor();
    await page.getByRole('button', { name: 'Start the job' }).click();
    await page.getByText('1 row cannot be sent.').waitFor();
    await page.getByText('Line 2:').waitFor();
    await screen.close();
  });
});
