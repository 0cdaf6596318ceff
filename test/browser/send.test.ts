import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { ANNA, BUDI, sandboxSteps } from '../support/sandbox.ts';

/** A picture of one dot, as small as they get. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

interface PhoneMessages {
  readonly items: readonly { readonly text: string | null }[];
}

describeInBrowser('sending one message', () => {
  let dashboard: Dashboard;
  let sandbox: ReturnType<typeof sandboxSteps>;
  beforeAll(async () => {
    dashboard = await startDashboard();
    sandbox = sandboxSteps(dashboard.client);
    await sandbox.pair(ANNA);
    await sandbox.makePhone(BUDI);
    await dashboard.client.createDevice('spare');
  });
  afterAll(() => dashboard.stop());

  const open = async (width = 1440) => {
    const screen = await dashboard.signIn({ width });
    await screen.go('/send');
    const { page } = screen;
    const sent = page.getByRole('list', { name: 'Sent from here' });
    const send = page.getByRole('button', { name: 'Send', exact: true });
    const kind = (name: string) => page.getByLabel('Kind of message').selectOption({ label: name });
    return { screen, page, sent, send, kind };
  };
  const received = async () => {
    const path = `/api/sandbox/phones/${BUDI.phoneNumber}/messages`;
    return (await dashboard.client.api.get<PhoneMessages>(path)).data.items.map(({ text }) => text);
  };

  it('checks the number, sends once for two quick presses, and shows it delivered and read', async () => {
    const { screen, page, sent, send } = await open();
    await page.getByLabel('Phone number').fill('0812 0000 0002');
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('+62 812-0000-0002 is on WhatsApp').waitFor();
    await page.getByLabel('Text', { exact: true }).fill('only once');
    await send.dblclick();
    await sent.getByText('Delivered').waitFor();
    expect(await sent.getByRole('listitem').count()).toBe(1);
    expect((await received()).filter((text) => text === 'only once')).toHaveLength(1);
    await sandbox.post(`/phones/${BUDI.phoneNumber}/read`, { from: ANNA.phoneNumber });
    await sent.getByText('Read', { exact: true }).waitFor();
    // The next one is another wish, though it says the same.
    await page.getByLabel('Text', { exact: true }).fill('only once');
    await send.click();
    await sent.getByRole('listitem').nth(1).waitFor();
    expect((await received()).filter((text) => text === 'only once')).toHaveLength(2);
    await screen.close();
  });

  it('says at the field what is wrong, and keeps what was written', async () => {
    const { screen, page, send } = await open(360);
    const number = page.getByLabel('Phone number');
    await number.fill('nobody');
    await page.getByLabel('Text', { exact: true }).fill('kept');
    await send.click();
    await page.getByText('This is no phone number.').waitFor();
    expect(await number.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByLabel('Text', { exact: true }).inputValue()).toBe('kept');
    await screen.close();
  });

  it('sends files, places, contacts and polls', async () => {
    const { screen, page, sent, send, kind } = await open(360);
    await page.getByLabel('Phone number').fill(BUDI.phoneNumber);

    await kind('Image');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: DOT });
    await page.getByRole('img', { name: 'dot.png' }).waitFor();
    await page.getByLabel('Caption').fill('a dot');
    await send.click();
    await sent.getByText('a dot').waitFor();

    await kind('Location');
    await page.getByLabel('Latitude').fill('-6,1754');
    await page.getByLabel('Longitude').fill('106,8272');
    await page.getByLabel('Name of the place').fill('Monas');
    await send.click();
    await sent.getByText('Monas').waitFor();

    await kind('Contact');
    await page.getByLabel('Name', { exact: true }).fill('Citra');
    await page.getByRole('group', { name: 'Contact 1' }).getByLabel('Phone number').fill('081200000003');
    await send.click();
    await sent.getByText('Citra').waitFor();

    await kind('Poll');
    await page.getByLabel('Question').fill('Lunch?');
    await page.getByLabel('Answer 1').fill('Soto');
    await page.getByLabel('Answer 2').fill('Rendang');
    await send.click();
    await sent.getByText('Lunch?').waitFor();
    await screen.close();
  });

  it('lets a message wait for a device that is away only when told to', async () => {
    const { screen, page, sent, send } = await open();
    const device = page.getByLabel('Device', { exact: true });
    expect(await device.getByRole('option').allTextContents()).not.toContain('spare');
    await page.getByText('Also accept it while the device is not connected').click();
    await device.selectOption('spare');
    await page.getByLabel('Phone number').fill(BUDI.phoneNumber);
    await page.getByLabel('Text', { exact: true }).fill('later');
    await send.click();
    await sent.getByText('Waits for the device. It goes by itself.').waitFor();
    await screen.close();
  });

  it('writes to a group by its name', async () => {
    const path = `/phones/${ANNA.phoneNumber}/groups`;
    await sandbox.post(path, { subject: 'Neighbours', members: [BUDI.phoneNumber] });
    const { screen, page, sent, send } = await open();
    await page.getByLabel('Send to').selectOption('group');
    await page.getByLabel('Group', { exact: true }).selectOption({ label: 'Neighbours (2)' });
    await page.getByLabel('Text', { exact: true }).fill('hello all');
    await send.click();
    await sent.getByText('Neighbours').waitFor();
    await screen.close();
  });
});
