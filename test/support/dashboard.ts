import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { findBarriers } from './axe.ts';
import { launchBrowser } from './browser.ts';
import { type Client, connectClient } from './client.ts';
import { PASSWORD } from './people.ts';
import { ADMIN_KEY } from './server.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** How somebody looks at the pages. */
export interface View {
  /** In px; 360 is a phone, 1440 a desk. */
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'id';
}

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** The administrator that `startDashboard` makes. */
export const ADMINISTRATOR: Person = { email: 'ana@example.com', password: PASSWORD };

/** Pictures for people to look at; kept by nobody. */
const ARTEFACTS = join(import.meta.dirname, '../browser/artefacts');
const HEIGHTS: Readonly<Record<number, number>> = { 360: 740 };

/** One browser window on the pages. */
export interface Screen {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly view: Required<View>;
  /** Opens a page by its path, `/devices/anna`, as somebody does who kept its address; resolves when it has its data. */
  go(path: string): Promise<void>;
  /** Fails with what axe-core calls serious or critical. */
  expectNoBarriers(): Promise<void>;
  /** Fails when the document is wider than the window. */
  expectNoSidewaysScroll(): Promise<void>;
  /** A picture of the whole document: `artefacts/<name>-<width>-<theme>-<language>.png`. */
  shoot(name: string): Promise<void>;
  /** Errors of scripts, of the console and of the content security policy, and requests to elsewhere, so far. */
  readonly troubles: readonly string[];
  /** Closes the window; fails when there was any trouble. */
  close(): Promise<void>;
}

/** A server in the sandbox with an administrator, and a browser. */
export interface Dashboard {
  readonly url: string;
  readonly server: ServerProcess;
  /** Calls the API as the administrator's key. */
  readonly client: Client;
  readonly browser: Browser;
  /** Null where the administrator was made with it. */
  readonly setupLink: string | null;
  /** A new window at `path`, with nobody signed in. */
  open(view?: View, path?: string): Promise<Screen>;
  /** A new window where this person (the administrator) is signed in, at `path`. */
  signIn(view?: View, who?: Person & { readonly path?: string }): Promise<Screen>;
  stop(): Promise<void>;
}

interface DashboardOptions {
  /** False: nobody has an account yet, and `setupLink` makes the first. */
  readonly administrator?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Filled before; a new one by default. Gone with the server. */
  readonly dataDir?: string;
}

/** Starts everything a browser test needs; the caller stops it. */
export async function startDashboard(options: DashboardOptions = {}): Promise<Dashboard> {
  const { administrator = true, environment, dataDir } = options;
  const server = startServerProcess({
    ...(dataDir !== undefined && { dataDir }),
    environment: { WA_SANDBOX: 'true', RATE_LIMIT_PER_MINUTE: '0', ...environment },
  });
  const [url, browser] = await Promise.all([server.waitReady(), launchBrowser()]);
  const link = await server.remarks.waitFor((line) => line.includes('/#/setup?token='));
  const client = await connectClient({ url, key: ADMIN_KEY });
  if (administrator) await setUp(url, link.split('token=')[1] ?? '');
  const open = (view: View = {}, path = '/') => openScreen({ browser, url, view, path });
  return {
    url,
    server,
    client,
    browser,
    setupLink: administrator ? null : link.trim(),
    open,
    async signIn(view = {}, { path = '/', ...who } = ADMINISTRATOR) {
      const screen = await open(view, path);
      await fillSignIn(screen, who);
      return screen;
    },
    async stop() {
      await browser.close();
      client.close();
      await server.kill();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Fills the sign-in form that is shown, and waits until the pages are there. */
export async function fillSignIn({ page }: Screen, { email, password }: Person): Promise<void> {
  await page.locator('input[name=email]').fill(email);
  await page.locator('input[name=password]').fill(password);
  await page.locator('button[type=submit]').click();
  await page.locator('#main h1').waitFor();
}

async function setUp(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/api/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'Ana', ...ADMINISTRATOR }),
  });
  if (!answer.ok) throw new Error(`the set-up was answered ${answer.status}: ${await answer.text()}`);
}

interface Opening {
  readonly browser: Browser;
  readonly url: string;
  readonly view: View;
  readonly path: string;
}

async function openScreen({ browser, url, view: wanted, path }: Opening): Promise<Screen> {
  const view = { width: 1440, theme: 'light', language: 'en', ...wanted } as const;
  const { width, theme, language } = view;
  const context = await browser.newContext({
    viewport: { width, height: HEIGHTS[width] ?? 900 },
    colorScheme: theme,
    locale: language === 'en' ? 'en-GB' : 'id-ID',
    timezoneId: 'Asia/Jakarta',
    // Nothing moves, so that pictures and contrasts are of the state that lasts.
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const troubles = collectTroubles(page, url);
  await page.goto(`${url}/#${path}`);
  await page.locator('h1').waitFor();
  return {
    page,
    context,
    view,
    troubles,
    async go(to) {
      // By way of an empty document: else the heading of the page one comes from is taken for the new one's.
      await page.goto('about:blank');
      await page.goto(`${url}/#${to}`);
      await page.locator('#main h1').waitFor();
      // A page may wait for several answers.
      await page.locator('body:not(:has(.skeleton))').waitFor();
    },
    async expectNoBarriers() {
      expect(await findBarriers(page), `barriers at ${page.url()}`).toEqual([]);
    },
    async expectNoSidewaysScroll() {
      const widest = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(widest, `width of ${page.url()} in px`).toBeLessThanOrEqual(width);
    },
    async shoot(name) {
      mkdirSync(ARTEFACTS, { recursive: true });
      const file = join(ARTEFACTS, `${name}-${width}-${theme}-${language}.png`);
      await page.screenshot({ path: file, fullPage: true });
    },
    async close() {
      await context.close();
      expect(troubles).toEqual([]);
    },
  };
}

/** What no page may do. An answer of 4xx from the API is no trouble: the page says what it means. */
function collectTroubles(page: Page, url: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const { url: source } = message.location();
    const isRefusal = /status of 4\d\d/.test(message.text()) && source.startsWith(`${url}/api/`);
    if (!isRefusal) troubles.push(`console: ${message.text()} (${source})`);
  });
  page.on('request', (request) => {
    const place = request.url();
    const isOurs = place.startsWith(`${url}/`) || /^(data|blob):/.test(place);
    if (!isOurs) troubles.push(`request to elsewhere: ${place}`);
  });
  return troubles;
}
