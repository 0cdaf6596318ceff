import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe, it } from 'vitest';

/** The Chromium of this machine; null where there is none. */
export const installedBrowser: string | null = findBrowser(['chromium', 'chromium-browser', 'google-chrome']);

/** A suite in a browser. Without one it is skipped, or fails if services are required. */
export function describeInBrowser(name: string, suite: () => void): void {
  describe(name, () => {
    if (installedBrowser !== null) return suite();
    const reason = 'chromium is not installed: nothing was tested in a browser';
    it('has a browser to run in', ({ skip }) => {
      if (process.env.CI_REQUIRE_SERVICES === '1') throw new Error(reason);
      console.warn(reason);
      skip(reason);
    });
  });
}

/** A browser without a window; it ends with this process at the latest. */
export function launchBrowser(): Promise<Browser> {
  if (installedBrowser === null) throw new Error('chromium is not installed');
  return chromium.launch({
    executablePath: installedBrowser,
    // Containers, where tests often run, give Chromium neither a sandbox nor much of /dev/shm; it sees our own pages only.
    chromiumSandbox: false,
    args: ['--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

function findBrowser(names: readonly string[]): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return places.find((path) => existsSync(path)) ?? null;
}
