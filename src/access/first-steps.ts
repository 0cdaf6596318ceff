import type { FirstKey } from './first-key.ts';

/** What a start has to tell a person, once. */
interface FirstSteps {
  readonly url: string;
  readonly firstKey: FirstKey | null;
  readonly setupToken: string | null;
}

/** For the terminal and never for the log, so that no log collector keeps it; null when there is nothing to tell. */
export function firstSteps({ url, firstKey, setupToken }: FirstSteps): string | null {
  const key =
    firstKey?.kind === 'generated'
      ? `  Administrator key, shown this once:\n\n    ${firstKey.secret}\n\n` +
        '  Lost it? npm run cli -- key create --name admin --scopes admin\n\n'
      : '';
  // Behind the #: a browser sends that part to nobody.
  const link =
    setupToken === null
      ? ''
      : `  Nobody can sign in yet. Make the first administrator here (once; the next start makes another link):\n\n` +
        `    ${url}/#/setup?token=${setupToken}\n\n`;
  return key + link === '' ? null : `\n  wafleet runs at ${url}\n\n${key}${link}`;
}
