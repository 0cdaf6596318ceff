import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, type Screen, startDashboard } from '../support/dashboard.ts';
import { pngFile } from '../support/media-files.ts';
import { mediaEnvironment } from '../support/received-media.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

/** What people write who want a page to run it; each would set `window.ran` in a page that lets it. */
const CORPUS = [
  '<script>window.ran=1</script>',
  '<img src=x onerror="window.ran=1">',
  '<svg/onload=window.ran=1>',
  '"><svg onload=window.ran=1>',
  "' autofocus onfocus='window.ran=1",
  '" onmouseover="window.ran=1" x="',
  '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
  '<a href="javascript:window.ran=1">click</a>',
  'javascript:window.ran=1//',
  '</title><script>window.ran=1</script>',
  '</textarea><script>window.ran=1</script>',
  '<details open ontoggle=window.ran=1>',
  '<math><mtext><style><img src=x onerror=window.ran=1></style></mtext></math>',
  '{{constructor.constructor("window.ran=1")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what strangers write
  '${window.ran=1}',
  '<b>bold</b>&lt;script&gt;&amp;quot;',
  '\u202egnp.exe\u202c<img src=x onerror=window.ran=1>',
] as const;

const ANNA = '6281200000001';
const GROUP_SUBJECT = '"><svg onload=window.ran=1> friends';
const FILE_NAME = '"><img src=x onerror=window.ran=1>.pdf';
const strangerOf = (index: number) => `62813000001${String(index).padStart(2, '0')}`;
const MARKUP =
  'main script, main iframe, main math, main details[ontoggle], [onerror], [onload], [srcdoc], main b, a[href^="javascript"]';

describeInBrowser('what strangers write', () => {
  let simulator: TestSimulator;
  let dashboard: Dashboard;

  beforeAll(async () => {
    simulator = await startTestSimulator();
    const environment = {
      WA_ENDPOINT: simulator.url,
      WA_ROOT_KEY: simulator.rootKeyHex,
      ...mediaEnvironment(simulator),
    };
    dashboard = await startDashboard({ environment });
    const { client } = dashboard;
    await client.createDevice('anna', { deviceName: CORPUS[1] });
    await client.pairByQr('anna', simulator.phone(ANNA, 'Anna'));
    const allowed = { whatsapp_number: ANNA, session_id: 'anna' };
    expectOk(await client.api.post('/api/whatsapp/allowed-numbers', allowed));
    await writeAll(simulator);
    const isLast = (event: object) => JSON.stringify(event).includes('the last of them');
    await client.waitForEvent(isLast);
  });
  afterAll(async () => {
    await dashboard.stop();
    await simulator.close();
  });

  const openAt = async (path: string) => {
    const screen = await dashboard.signIn();
    screen.page.on('dialog', (dialog) => {
      throw new Error(`a dialog opened: ${dialog.message()}`);
    });
    await screen.go(path);
    return screen;
  };

  it('is a name and a line in the list of chats, as it was written', async () => {
    const screen = await openAt('/chats?device=anna');
    const { page } = screen;
    // High enough for all rows: only those in view are in the document.
    await page.setViewportSize({ width: 1440, height: 2_400 });
    for (const text of CORPUS) await page.locator('.chats-row', { hasText: text }).first().waitFor();
    await page.locator('.chats-row', { hasText: GROUP_SUBJECT }).waitFor();
    await expectInert(screen);
  });

  it('is text in the conversation, the menu of a message and a reply', async () => {
    const screen = await openAt('/chats?device=anna');
    const { page } = screen;
    for (const [index, text] of CORPUS.entries()) {
      await screen.go(`/chats?device=anna&chat=${strangerOf(index)}%40s.whatsapp.net`);
      await exactly(page, '.chat-text', text);
      await exactly(page, '.chats-head bdi', text);
      await page.getByRole('article').getByRole('button').first().click();
      await exactly(page, 'dialog bdi', text);
      await page.getByRole('button', { name: 'Reply' }).click();
      await exactly(page, '.chat-replying .chat-quote-text', text);
      expect(await page.evaluate('window.ran')).toBe(undefined);
    }
    await expectInert(screen);
  });

  it('is a caption, a file name and the subject of a group', async () => {
    const screen = await openAt(`/chats?device=anna&chat=${strangerOf(0)}%40s.whatsapp.net`);
    const { page } = screen;
    await exactly(page, '.chat-file bdi', FILE_NAME);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: `Download ${FILE_NAME}` }).click(),
    ]);
    expect(download.suggestedFilename()).not.toMatch(/[<>"/\\]/);
    for (const text of CORPUS.slice(0, 4)) {
      await page.getByRole('img', { name: text, exact: true }).waitFor();
      await exactly(page, '.chat-text', text);
    }
    await page.getByRole('link', { name: GROUP_SUBJECT }).click();
    await exactly(page, '.chats-head bdi', GROUP_SUBJECT);
    await exactly(page, '.chat-author bdi', CORPUS[0]);
    await expectInert(screen);
  });

  it('is text among what was found, and in a report', async () => {
    const screen = await openAt('/chats?device=anna');
    const { page } = screen;
    await page.getByLabel('Search in').selectOption({ label: 'Messages' });
    await page.getByRole('searchbox', { name: 'Find messages' }).fill('window');
    await page.getByText(/messages found/).waitFor();
    for (const text of CORPUS.slice(0, 3))
      await page.locator('.chats-found', { hasText: text }).first().waitFor();
    await screen.go('/reports?device=anna');
    for (const text of CORPUS.slice(0, 3))
      await page.getByRole('link', { name: text, exact: true }).waitFor();
    await expectInert(screen);
  });

  it('is text on the page of devices', async () => {
    const screen = await openAt('/devices');
    await screen.page.getByText(CORPUS[1]).first().waitFor();
    await expectInert(screen);
  });
});

/** An element with exactly this text, sign by sign. */
async function exactly(page: Page, selector: string, text: string): Promise<void> {
  const wanted = JSON.stringify(text);
  const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].some((each) => each.textContent === ${wanted})`;
  await expect.poll(() => page.evaluate(found), { timeout: 10_000 }).toBe(true);
}

/** Nothing ran, nothing became an element, and nothing was refused by the policy: it was never tried. */
async function expectInert({ page, close }: Screen): Promise<void> {
  expect(await page.evaluate('window.ran')).toBe(undefined);
  expect(await page.locator(MARKUP).count()).toBe(0);
  await close();
}

/** A stranger for each line of the corpus: it is what they are called and what they say. */
async function writeAll(simulator: TestSimulator): Promise<void> {
  const [first] = CORPUS;
  for (const [index, text] of CORPUS.entries()) {
    await simulator.phone(strangerOf(index), text).sendText(ANNA, text);
  }
  const stranger = simulator.phone(strangerOf(0), first);
  const document = { kind: 'document', file: Buffer.from('%PDF-1.4'), mimetype: 'application/pdf' } as const;
  await stranger.sendMedia(ANNA, { ...document, fileName: FILE_NAME });
  const picture = { kind: 'image', file: await pngFile(), mimetype: 'image/png' } as const;
  for (const caption of CORPUS.slice(0, 4)) await stranger.sendMedia(ANNA, { ...picture, caption });
  const { group } = await stranger.groups.create({ subject: GROUP_SUBJECT, members: [ANNA] });
  await stranger.sendText(`${group.id}@g.us`, first);
  await stranger.sendText(ANNA, first);
  await simulator.phone(strangerOf(99), 'Dewi').sendText(ANNA, 'the last of them');
}
