import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, startDashboard } from '../support/dashboard.ts';
import { writeChats, writeHistory } from '../support/reports.ts';
import { ANNA, BUDI, CITRA, sandboxSteps } from '../support/sandbox.ts';

const LONG = 20_000;
const OLD_FRIEND = '6281300000099';
const STARTED = Date.parse('2026-01-01T00:00:00Z');

interface PhoneMessages {
  readonly items: readonly { readonly id: string; readonly text: string | null; readonly kind: string }[];
}

describeInBrowser('the pages of chats and reports', () => {
  let dashboard: Dashboard;
  let sandbox: ReturnType<typeof sandboxSteps>;
  beforeAll(async () => {
    dashboard = await startDashboard();
    sandbox = sandboxSteps(dashboard.client);
    await sandbox.pair(ANNA, { kept: true });
    await sandbox.makePhone(BUDI);
    await sandbox.pair(CITRA);
    await sandbox.write(BUDI, ANNA, 'Two coffees please');
  });
  afterAll(() => dashboard.stop());

  const bubble = (page: Page, text: string) => page.getByRole('article').filter({ hasText: text });
  const onPhone = async (text: string) => {
    const path = `/api/sandbox/phones/${BUDI.phoneNumber}/messages`;
    const { items } = expectOk(await dashboard.client.api.get<PhoneMessages>(path)).data;
    const found = items.find((message) => message.text === text && message.kind === 'text');
    if (!found) throw new Error(`the phone has no "${text}"`);
    return found.id;
  };

  it.each([1440, 360])('read a conversation and answer in it, %i px wide', async (width) => {
    const screen = await dashboard.signIn({ width });
    const { page } = screen;
    const said = `Good morning, ${width}`;
    await screen.go(`/chats?device=${ANNA.deviceId}`);
    await page.getByRole('link', { name: 'Budi' }).click();
    await bubble(page, 'Two coffees please').first().waitFor();
    await sandbox.write(BUDI, ANNA, `live at ${width}`);
    await bubble(page, `live at ${width}`).waitFor();

    await bubble(page, `live at ${width}`).getByRole('button', { name: 'What to do' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reply' }).click();
    await page.getByLabel('Message to Budi').fill(said);
    await page.getByLabel('Message to Budi').press('Enter');
    const ours = bubble(page, said);
    await ours.getByText('In reply to Budi').waitFor();
    await ours.getByText('Delivered').waitFor({ state: 'attached' });
    await sandbox.post(`/phones/${BUDI.phoneNumber}/read`, { from: ANNA.phoneNumber });
    await ours.getByText('Read', { exact: true }).waitFor({ state: 'attached' });

    const phone = `/phones/${BUDI.phoneNumber}/messages/${await onPhone(said)}`;
    await sandbox.post(`${phone}/react`, { emoji: '👍' });
    await ours.getByText('Reactions: 👍').waitFor({ state: 'attached' });
    await screen.expectNoBarriers();
    await screen.expectNoSidewaysScroll();
    await screen.shoot('chat');
    await screen.close();
  });

  it('react, reword and take back, here and on the phone', async () => {
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go(`/chats?device=${ANNA.deviceId}&chat=${BUDI.phoneNumber}%40s.whatsapp.net`);
    const write = page.getByLabel('Message to Budi');
    await write.fill('With suger?');
    await write.press('Enter');
    await bubble(page, 'With suger?').getByText('Delivered').waitFor({ state: 'attached' });
    const open = (text: string) =>
      bubble(page, text).first().getByRole('button', { name: 'What to do' }).click();

    await open('With suger?');
    await screen.expectNoBarriers();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('New text').fill('With sugar?');
    await page.getByRole('button', { name: 'Save the change' }).click();
    await bubble(page, 'With sugar?').getByText('edited').waitFor();

    await open('Two coffees please');
    await page.getByRole('button', { name: 'React with 🙏' }).click();
    await bubble(page, 'Two coffees please').getByText('Reactions: 🙏').waitFor({ state: 'attached' });

    await open('With sugar?');
    await page.getByRole('button', { name: 'Delete for everyone' }).click();
    await page
      .getByRole('dialog', { name: 'Delete this message for everyone?' })
      .getByRole('button', { name: 'Delete for everyone' })
      .click();
    await bubble(page, 'This message was deleted').waitFor();

    await sandbox.write(BUDI, ANNA, 'wrong chat');
    await bubble(page, 'wrong chat').waitFor();
    const wrong = await onPhone('wrong chat');
    await sandbox.post(`/phones/${BUDI.phoneNumber}/messages/${wrong}/revoke`);
    await bubble(page, 'wrong chat').waitFor({ state: 'detached' });
    await screen.close();
  });

  it('show pictures, hand out documents, and count a poll', async () => {
    const media = { to: ANNA.phoneNumber, caption: 'The receipt' };
    await sandbox.post(`/phones/${BUDI.phoneNumber}/send-media`, { ...media, kind: 'image' });
    await sandbox.post(`/phones/${BUDI.phoneNumber}/send-media`, {
      to: ANNA.phoneNumber,
      kind: 'document',
      caption: 'The invoice',
    });
    const poll = { to: BUDI.phoneNumber, type: 'poll', question: 'When?', options: ['Now', 'Later'] };
    expectOk(await dashboard.client.api.post(`devices/${ANNA.deviceId}/messages`, poll));
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go(`/chats?device=${ANNA.deviceId}&chat=${BUDI.phoneNumber}%40s.whatsapp.net`);
    const picture = page.getByRole('img', { name: 'The receipt' });
    await picture.waitFor();
    const drawn = () => page.evaluate<number>("document.querySelector('.chat-picture').naturalWidth");
    await expect.poll(drawn).toBeGreaterThan(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      bubble(page, 'The invoice')
        .getByRole('link', { name: /Download/ })
        .click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.txt$/);
    await bubble(page, 'When?').getByRole('button', { name: 'What to do' }).click();
    await page.getByRole('dialog').getByText('0 people voted').waitFor();
    await screen.close();
  });

  it('stay small in a long conversation, and lead from a word to its place', async () => {
    await writeLong(dashboard.server.dataDir);
    const screen = await dashboard.signIn();
    const { page } = screen;
    await screen.go(`/chats?device=${ANNA.deviceId}&chat=${OLD_FRIEND}%40s.whatsapp.net`);
    await bubble(page, `number ${LONG - 1} `).waitFor();
    const drawn = async () => Number(await page.evaluate("document.querySelectorAll('article').length"));
    await page.locator('.chats-log').hover();
    const scrolledTo = async () => {
      await page.mouse.wheel(0, -1_500);
      expect(await drawn()).toBeLessThan(80);
      return Number(await page.evaluate(OLDEST));
    };
    await expect.poll(scrolledTo, { timeout: 20_000 }).toBeLessThan(LONG - 400);
    await page.getByLabel('Search in').selectOption({ label: 'Messages' });
    await page.getByRole('searchbox', { name: 'Find messages' }).fill('tengah istimewa');
    await page.getByText('1 message found').waitFor();
    await page.getByRole('link', { name: /tengah istimewa/ }).click();
    const found = bubble(page, 'tengah istimewa');
    await found.waitFor();
    await expect.poll(() => isInView(page, 'tengah istimewa')).toBe(true);
    await bubble(page, `number ${LONG / 2 + 1} `).waitFor();
    await screen.expectNoBarriers();
    await page.getByRole('link', { name: 'To the newest' }).click();
    await bubble(page, `number ${LONG - 1} `).waitFor();
    await screen.close();
  });

  it('say why a device has no chats, and where that is changed', async () => {
    const screen = await dashboard.signIn({ language: 'id', width: 360 });
    const { page } = screen;
    await screen.go(`/chats?device=${CITRA.deviceId}`);
    await page.getByRole('heading', { name: 'Riwayat nomor ini tidak disimpan' }).waitFor();
    await screen.expectNoBarriers();
    await screen.shoot('chats-not-kept');
    const link = page.getByRole('link', { name: 'Buka perangkat' });
    expect(await link.getAttribute('href')).toBe(`#/devices/${CITRA.deviceId}?tab=records`);
    await screen.close();
  });

  it.each([1440, 360])('report what was said, by device and day, %i px wide', async (width) => {
    const screen = await dashboard.signIn({ width });
    const { page } = screen;
    await screen.go('/reports');
    await page.getByRole('img', { name: /^Messages per day/ }).waitFor();
    await page.getByLabel('Device', { exact: true }).selectOption(ANNA.deviceId);
    await page.getByRole('link', { name: 'Budi' }).waitFor();
    await page.getByRole('button', { name: 'Show as a table' }).first().click();
    await page.getByRole('table', { name: 'Messages per day' }).waitFor();
    await screen.expectNoBarriers();
    await screen.expectNoSidewaysScroll();
    await screen.shoot('reports');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'All messages (CSV)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('messages.csv');
    await page.getByLabel('Period').selectOption('own');
    await page.getByLabel('From', { exact: true }).fill('2019-01-01');
    await page.getByLabel('To', { exact: true }).fill('2019-01-31');
    await page.getByText('No messages in this time').waitFor();
    await page.getByLabel('To', { exact: true }).fill('2018-01-31');
    await page.getByText('The end lies before the start').waitFor();
    await screen.close();
  });
});

/** The number of the oldest message that is drawn. */
const OLDEST = "Number(/number (\\d+)/.exec(document.querySelector('article').textContent)?.[1])";

async function isInView(page: Page, text: string): Promise<boolean> {
  const box = await page.getByRole('article').filter({ hasText: text }).boundingBox();
  const log = await page.locator('.chats-log').boundingBox();
  return box !== null && log !== null && box.y >= log.y && box.y + box.height <= log.y + log.height;
}

/** A chat of many messages, put where the server keeps them. */
async function writeLong(dataDir: string): Promise<void> {
  const url = `file:${join(dataDir, 'wafleet.db')}`;
  const database = await openDatabase({ url, log: silentLogger, clock: systemClock });
  const at = (index: number) => new Date(STARTED + index * 60_000).toISOString();
  const id = (index: number) => `01HLONG${String(index).padStart(19, '0')}`;
  await writeHistory(
    database,
    Array.from({ length: LONG }, (_, index) => ({
      id: id(index),
      at: at(index),
      deviceId: ANNA.deviceId,
      own: ANNA.phoneNumber,
      other: OLD_FRIEND,
      direction: index % 3 === 0 ? ('out' as const) : ('in' as const),
      text: index === LONG / 2 ? 'tengah istimewa' : `number ${index} ${'of a long talk '.repeat(index % 7)}`,
    })),
  );
  await writeChats(database, [
    {
      chat: `${OLD_FRIEND}@s.whatsapp.net`,
      name: 'Old friend',
      lastId: id(LONG - 1),
      at: at(LONG - 1),
      deviceId: ANNA.deviceId,
    },
  ]);
  await database.close();
}
