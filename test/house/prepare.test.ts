import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { installedMatches } from '../../.ci/installed.mjs';

type Packages = Record<string, { version: string; optional?: true }>;

const ourNode = `node_modules/node-${process.platform}-${process.arch}`;
const wanted: Packages = {
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  [ourNode]: { version: '24.21.0', optional: true },
};
const complete: Packages = { 'node_modules/a': { version: '1.0.0' }, [ourNode]: { version: '24.21.0' } };

/** Whether `npm start` would leave node_modules alone, given what npm noted there; null: nothing was installed. */
function isAccepted(installed: Packages | null): boolean {
  const root = mkdtempSync(join(tmpdir(), 'wafleet-prepare-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  if (installed) {
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }
  return installedMatches(root);
}

it('a complete installation is left alone, also when packages of other platforms are missing', () => {
  expect(isAccepted(complete)).toBe(true);
});

it.each([
  ['nothing', null],
  ['an older version', { ...complete, 'node_modules/a': { version: '0.9.0' } }],
  ['a missing package', { [ourNode]: { version: '24.21.0' } }],
  ['a package nobody wants any more', { ...complete, 'node_modules/b': { version: '1.0.0' } }],
  ['no Node of ours', { 'node_modules/a': { version: '1.0.0' } }],
] as const)('%s means a new installation', (_, installed) => {
  expect(isAccepted(installed)).toBe(false);
});
