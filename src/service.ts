import { readFileSync } from 'node:fs';

const { name, version }: { name: string; version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** What this program calls itself towards callers and monitors. */
export const SERVICE = { name, version } as const;
