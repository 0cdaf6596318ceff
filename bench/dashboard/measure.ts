import type { CDPSession, Locator, Page } from 'playwright-core';

/** How a page felt; everything in ms. */
export interface Feel {
  readonly page: string;
  /** From the start of the navigation, nothing in the browser's cache. */
  readonly firstPaint: number;
  /** Until the first row of what the page lists is there. */
  readonly toList: number;
  /** Between two frames while the list is scrolled, a third of a window each frame. */
  readonly frameP95: number;
  readonly frameWorst: number;
  /** From a key to the paint that shows it, as the browser measures it (steps of 8 ms). */
  readonly keyMedian: number;
  readonly keyWorst: number;
}

export interface Visit {
  readonly name: string;
  readonly address: string;
  /** The first row of the list. */
  readonly row: (page: Page) => Locator;
  /** CSS of what scrolls; null when the whole document does. */
  readonly scroller: string | null;
  /** Where a person types. */
  readonly field: (page: Page) => Locator;
  /** What they type. */
  readonly keys: string;
}

const FRAMES = 150;

/** Opens the page as somebody does for the first time, scrolls, and types. */
export async function feel(page: Page, devtools: CDPSession, visit: Visit): Promise<Feel> {
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto('about:blank');
  await page.goto(visit.address);
  await visit.row(page).waitFor();
  const toList = await page.evaluate<number>('performance.now()');
  const firstPaint = await page.evaluate<number>(
    "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1",
  );
  const frames = await page.evaluate<number[]>(scrollScript(visit.scroller));
  const keys = await typeInto(page, visit);
  return {
    page: visit.name,
    firstPaint: rounded(firstPaint),
    toList: rounded(toList),
    frameP95: rounded(share(frames, 0.95)),
    frameWorst: rounded(share(frames, 1)),
    keyMedian: rounded(share(keys, 0.5)),
    keyWorst: rounded(share(keys, 1)),
  };
}

/** Down and up again, a step each frame; the times between frames. */
function scrollScript(scroller: string | null): string {
  const box = scroller === null ? 'document.scrollingElement' : `document.querySelector('${scroller}')`;
  return `new Promise((resolve) => {
    const box = ${box};
    const step = Math.round(innerHeight / 3);
    const times = [];
    let last = performance.now();
    const frame = (now) => {
      times.push(now - last);
      last = now;
      if (times.length > ${FRAMES}) return resolve(times.slice(1));
      box.scrollTop += times.length < ${FRAMES / 2} ? step : -step;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`;
}

/** Real keys, one after the other; what the browser's own event timing says of each. */
async function typeInto(page: Page, { field, keys }: Visit): Promise<number[]> {
  await page.evaluate(`{
    window.keyTimes = [];
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (/^key(down|press)|^input/.test(name)) window.keyTimes.push(duration);
    }).observe({ type: 'event', durationThreshold: 16 });
  }`);
  await field(page).click();
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    );
  }
  const slow = await page.evaluate<number[]>('window.keyTimes');
  // What was faster than the threshold is not told.
  return slow.length === 0 ? [16] : slow;
}

function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;
