import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Something that shuts somebody out, as axe-core found it. */
export interface Barrier {
  readonly rule: string;
  readonly impact: string;
  readonly help: string;
  /** Where in the document, as selectors. */
  readonly places: readonly string[];
}

interface Finding {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/**
 * What axe-core calls serious or critical on the page as it is now. It works in a JavaScript world of its own: nothing is
 * added to the document, so that the page's content security policy stays what it is.
 */
export async function findBarriers(page: Page): Promise<readonly Barrier[]> {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await devtools.send('Page.getFrameTree');
    const world = { frameId: frameTree.frame.id, worldName: 'axe' };
    const { executionContextId: contextId } = await devtools.send('Page.createIsolatedWorld', world);
    const run = (expression: string) =>
      devtools.send('Runtime.evaluate', { expression, contextId, awaitPromise: true, returnByValue: true });
    await run(`${axe.source};0`);
    const { result, exceptionDetails } = await run(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
    );
    if (exceptionDetails) throw new Error(`axe-core failed: ${JSON.stringify(exceptionDetails)}`);
    const found: readonly Finding[] = result.value;
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, help, nodes }) => ({
        rule: id,
        impact: impact ?? '',
        help,
        places: nodes.map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary ?? ''}`),
      }));
  } finally {
    await devtools.detach();
  }
}
