import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers } from '../support/axe.ts';
import { describeInBrowser } from '../support/browser.ts';
import { expectOk } from '../support/client.ts';
import { type Dashboard, type Screen, startDashboard, type View } from '../support/dashboard.ts';
import { ANNA, BUDI, sandboxSteps } from '../support/sandbox.ts';

const REGISTRY = join(import.meta.dirname, '../../src/dashboard/ui/pages/registry.ts');
/** What all pages and their parts may weigh as they travel; in bytes. */
const MAX_BYTES = 150 * 1024;

/** Of pages that show one thing of several. */
const PARTS = [
  ...['settings', 'pacing', 'records', 'groups', 'log', 'session'].map(
    (tab) => `/devices/:deviceId?tab=${tab}`,
  ),
  '/devices/:unlinkedId/pair?way=code',
  '/people?tab=people',
  '/people?tab=audit',
  '/chats?device=:deviceId&chat=:chat',
  '/sandbox?phone=:phone',
];

describeInBrowser('every page', () => {
  let dashboard: Dashboard;
  /** What stands for the named parts of a path. */
  const parts: Record<string, string> = {};
  const paths = [...readFileSync(REGISTRY, 'utf8').matchAll(/ path: '(\/[^']*)'/g)].map(
    ([, path = '']) => path,
  );
  const addressOf = (path: string) =>
    path.replace(/:(\w+)/g, (whole, name: string) => parts[name] ?? `no ${whole} was made`);

  beforeAll(async () => {
    dashboard = await startDashboard();
    Object.assign(parts, await furnish(dashboard));
  });
  afterAll(() => dashboard.stop());

  it('is one of those this suite goes to', () => {
    expect(paths).toContain('/devices');
    expect([...paths, ...PARTS].map(addressOf).filter((path) => path.includes('was made'))).toEqual([]);
  });

  it('would be found out: a picture without a text is a barrier', async () => {
    const screen = await dashboard.signIn();
    await screen.page.evaluate("document.querySelector('main').append(new Image())");
    expect((await findBarriers(screen.page)).map(({ rule }) => rule)).toEqual(['image-alt']);
    await screen.close();
  });

  const views: readonly Required<View>[] = [
    { width: 1440, theme: 'light', language: 'en' },
    { width: 360, theme: 'dark', language: 'id' },
  ];
  describe.each(views)('$width px wide, $theme, $language', (view) => {
    let screen: Screen;
    beforeAll(async () => {
      screen = await dashboard.signIn(view);
    });
    afterAll(() => screen.context.close());

    it.each([...paths, ...PARTS])(
      '%s shuts nobody out, fits, and does nothing that is refused',
      async (path) => {
        const from = screen.troubles.length;
        await screen.go(addressOf(path));
        await screen.shoot(`page${path.replace(/[^\w]+/g, '-')}`);
        await screen.expectNoBarriers();
        await screen.expectNoSidewaysScroll();
        expect(screen.troubles.slice(from)).toEqual([]);
      },
    );
  });

  it(`weighs, with all others together, at most ${MAX_BYTES} bytes, and comes from this server alone`, async () => {
    const loaded = new Map<string, Promise<Buffer>>();
    const visitor = await dashboard.signIn();
    visitor.page.on('response', (response) => {
      const { pathname } = new URL(response.url());
      // What is kept from before comes again from memory: its body is the same.
      if (!pathname.startsWith('/api/')) loaded.set(pathname, response.body());
    });
    for (const path of paths) await visitor.go(addressOf(path));
    const sizes = await Promise.all(
      [...loaded].map(async ([, body]) => gzipSync(await body, { level: 9 }).length),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(loaded.size).toBeGreaterThan(5);
    expect(total).toBeGreaterThan(30_000);
    expect(total).toBeLessThanOrEqual(MAX_BYTES);
    await visitor.close();
  });

  it('is painted within a second', async () => {
    const screen = await dashboard.signIn();
    const paints: number[] = [];
    // Whatever else the machine does is not the page's doing: the best of three counts.
    for (let round = 0; round < 3; round += 1) {
      await screen.go('/devices');
      const paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime";
      paints.push(await screen.page.evaluate<number>(paint));
    }
    expect(Math.min(...paints)).toBeLessThanOrEqual(1_000);
    await screen.close();
  });

  it('runs under a policy that refuses scripts, styles and addresses that are not the server’s own', async () => {
    const answer = await fetch(dashboard.url);
    const policy = String(answer.headers.get('content-security-policy')).split(';');
    expect(policy.map((rule) => rule.trim()).sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data: blob:",
      "media-src 'self' blob:",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    const screen = await dashboard.open();
    await screen.page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "it ran"';
      document.body.append(script);
    }`);
    expect(await screen.page.title()).not.toBe('it ran');
    expect(screen.troubles.join()).toContain('Content Security Policy');
    await screen.context.close();
  });
});

/** A device, a message each way, a job, a schedule and a webhook: the ids, by the names they have in paths. */
async function furnish({ client }: Dashboard): Promise<Record<string, string>> {
  const sandbox = sandboxSteps(client);
  await sandbox.pair(ANNA, { kept: true });
  await sandbox.makePhone(BUDI);
  await client.createDevice('spare');
  await sandbox.write(BUDI, ANNA, 'Is the shop open today?');
  const post = async <Data>(path: string, body: object) =>
    expectOk(await client.api.post<Data>(path, body)).data;
  const to = BUDI.phoneNumber;
  await post('devices/anna/send-message', { to, message: 'Yes, until nine.' });
  const { jobId } = await post<{ jobId: string }>('devices/anna/jobs/send-text', {
    name: 'Invoices of November',
    messages: [{ to, message: 'Your invoice is ready.' }],
    delay: 0,
  });
  const { scheduleId } = await post<{ scheduleId: string }>('devices/anna/schedule-message', {
    to,
    message: 'Good morning!',
    scheduleTime: '2030-01-01T08:00',
    timezone: 'Asia/Jakarta',
  });
  const webhook = { url: 'https://1.1.1.1/hooks', events: ['message'] };
  const { webhookId } = await post<{ webhookId: string }>('webhooks', webhook);
  const ids = { deviceId: ANNA.deviceId, unlinkedId: 'spare', jobId, scheduleId, webhookId };
  return { ...ids, phone: to, chat: `${to}@s.whatsapp.net` };
}
