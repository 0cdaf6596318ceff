import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import {
  ADMINISTRATOR,
  type Dashboard,
  fillSignIn,
  type Screen,
  startDashboard,
} from '../support/dashboard.ts';
import { ANNA, BUDI, sandboxSteps } from '../support/sandbox.ts';

const LIST = [
  'Name;Phone;Amount',
  ...Array.from({ length: 12 }, (_, index) => `Customer ${index};0812 0000 0002;${index}00.000`),
].join('\r\n');

describeInBrowser('a first day with wafleet', () => {
  let dashboard: Dashboard;
  beforeEach(async () => {
    dashboard = await startDashboard({ administrator: false });
  });
  afterEach(() => dashboard.stop());

  it.each([360, 1440])('goes from the set-up link to signing out, %i px wide', async (width) => {
    const sandbox = sandboxSteps(dashboard.client);
    await sandbox.makePhone(ANNA);
    await sandbox.makePhone(BUDI);
    const screen = await dashboard.open({ width }, dashboard.setupLink?.split('#')[1]);
    const walk = { dashboard, screen, sandbox };
    await setUp(walk);
    await addAndLinkDevice(walk);
    await keepHistory(walk);
    await sendOne(walk);
    await runJob(walk);
    await schedule(walk);
    await answerInChat(walk);
    await lookAtReport(walk);
    await makeAndUseKey(walk);
    await leave(screen);
    await screen.close();
  });
});

interface Walk {
  readonly dashboard: Dashboard;
  readonly screen: Screen;
  readonly sandbox: ReturnType<typeof sandboxSteps>;
}

/** Goes to a page by the menu, which a narrow screen opens first. */
async function visit({ page, view }: Screen, entry: string): Promise<void> {
  if (view.width < 720) await page.getByRole('button', { name: 'Open the menu' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: entry }).click();
  await page.getByRole('heading', { name: entry, level: 1 }).waitFor();
}

async function leave({ page }: Screen): Promise<void> {
  await page.getByRole('button', { name: 'Account of Ana' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to wafleet' }).waitFor();
}

async function setUp({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await page.getByLabel('Name').fill('Ana');
  await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
  await page.getByLabel('Password').fill(ADMINISTRATOR.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('No device yet').waitFor();
  await leave(screen);
  await screen.shoot('walk-01-sign-in');
  await fillSignIn(screen, ADMINISTRATOR);
}

async function addAndLinkDevice({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await page.getByRole('button', { name: 'Add device' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Device id').fill(ANNA.deviceId);
  await dialog.getByLabel('Name').fill('Sales');
  await screen.shoot('walk-02-add-device');
  await dialog.getByRole('button', { name: 'Add device' }).click();
  await page.getByRole('img', { name: 'QR code that links the phone to Sales' }).waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-03-pair');
  await page.getByRole('link', { name: 'Scan it with a simulated phone' }).click();
  await page.getByRole('list', { name: 'Phones' }).getByRole('button', { name: 'Anna' }).click();
  await page.getByRole('button', { name: 'Scan its QR code' }).click();
  await page.getByRole('list', { name: 'Phones' }).getByText('Linked: anna').waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-04-sandbox');
  await page.goBack();
  await page.getByRole('heading', { name: 'Sales is connected' }).waitFor();
  await screen.shoot('walk-04-connected');
}

async function keepHistory({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await page.getByRole('link', { name: 'Open the device' }).click();
  await page.getByRole('tab', { name: 'History and chatbot' }).click();
  await page.getByRole('button', { name: 'Keep history' }).click();
  await page.locator('#main [aria-current=true]').getByText('Kept (aktif)').waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-05-device');
}

async function sendOne({ screen, sandbox }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Send');
  await page.getByLabel('Phone number').fill('0812 0000 0002');
  await page.getByLabel('Text', { exact: true }).fill('Good morning, your order is on its way.');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const sent = page.getByRole('list', { name: 'Sent from here' });
  await sent.getByText('Delivered').waitFor();
  await sandbox.post(`/phones/${BUDI.phoneNumber}/read`, { from: ANNA.phoneNumber });
  await sent.getByText('Read', { exact: true }).waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-06-sent');
}

async function runJob({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Jobs');
  await page.getByRole('link', { name: 'New job' }).first().click();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'invoices.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
  await page.getByText('12 rows').waitFor();
  await page.getByLabel('Text', { exact: true }).fill('Dear {Name}, please pay {Amount}.');
  await page.getByLabel('Name of the job').fill('Invoices');
  await page.getByLabel('Pause between messages').fill('0');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await page.getByText('12 messages will be sent.').waitFor();
  await screen.shoot('walk-07-job-checked');
  await page.getByRole('button', { name: 'Start the job' }).click();
  await page.getByRole('heading', { name: 'Invoices', level: 1 }).waitFor();
  // What is asked of the bar is what those hear who cannot see it.
  const bar = page.getByRole('progressbar', { name: 'Progress of Invoices' });
  await bar.waitFor();
  await page.getByText('Finished', { exact: true }).first().waitFor();
  expect(await bar.getAttribute('value')).toBe('12');
  await page.getByText('Delivered', { exact: true }).nth(11).waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-08-job');
}

async function schedule({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Schedules');
  await page.getByRole('link', { name: 'New schedule' }).first().click();
  await page.getByLabel('Phone number').fill('081200000002');
  await page.getByLabel('Text', { exact: true }).fill('The weekly offer');
  await page.getByLabel('How often').selectOption('daily');
  await page.getByLabel('Time zone').fill('Asia/Jakarta');
  await page.getByLabel(/^(First d|D)ate/).fill('2030-01-01');
  await page.getByLabel('Time', { exact: true }).fill('08:00');
  await page.getByRole('button', { name: 'Schedule it' }).click();
  await page.getByRole('listitem').filter({ hasText: 'The weekly offer' }).waitFor();
  await screen.shoot('walk-09-schedule');
}

async function answerInChat({ screen, sandbox }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Chats');
  await sandbox.write(BUDI, ANNA, 'Is it still warm?');
  await page
    .getByRole('list', { name: 'Chats' })
    .getByRole('link', { name: /Is it still warm/ })
    .click();
  const messages = page.getByRole('region', { name: /^Messages with/ });
  await messages.getByText('Is it still warm?').waitFor();
  await page.getByLabel(/^Message to/).fill('Straight from the oven.');
  await page.getByLabel(/^Message to/).press('Enter');
  await messages.getByText('Straight from the oven.').waitFor();
  await messages.getByText('Delivered').last().waitFor({ state: 'attached' });
  await expect.poll(() => isInView(messages.last(), 'Straight from the oven.')).toBe(true);
  await screen.expectNoBarriers();
  await screen.expectNoSidewaysScroll();
  await screen.shoot('walk-10-chat');
}

async function lookAtReport({ screen }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Reports');
  await page.getByText('Messages per day').first().waitFor();
  await screen.expectNoBarriers();
  await screen.shoot('walk-11-report');
}

async function makeAndUseKey({ dashboard, screen }: Walk): Promise<void> {
  const { page } = screen;
  await visit(screen, 'Keys and people');
  await page.getByRole('button', { name: 'New key' }).first().click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Name').fill('Billing');
  await form.getByRole('checkbox', { name: /See devices/ }).check();
  await form.getByRole('button', { name: 'Make the key' }).click();
  const line = await page.getByLabel('Try it in a terminal').inputValue();
  await screen.shoot('walk-12-key');
  expect(line).toContain(dashboard.url);
  const { stdout } = await promisify(execFile)('sh', ['-c', `${line} -s`]);
  expect(JSON.parse(stdout)).toMatchObject({
    success: true,
    data: { items: [{ deviceId: ANNA.deviceId, deviceName: 'Sales', status: 'connected' }] },
  });
  await page.getByRole('button', { name: 'I have stored it' }).click();
}

/** Whether what says this is above the lower edge of the box it scrolls in. */
async function isInView(box: Locator, text: string): Promise<boolean> {
  const [outer, inner] = [await box.boundingBox(), await box.getByText(text).boundingBox()];
  return outer !== null && inner !== null && inner.y + inner.height <= outer.y + outer.height;
}
