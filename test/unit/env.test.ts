import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/env.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'wafleet-env-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const writeEnv = (text: string) => writeFileSync(path.join(directory, '.env'), text);

it('reads .env, and the real environment wins', () => {
  writeEnv('DASHBOARD_PORT=4001\nHOST="0.0.0.0"\n# LOG_LEVEL=debug\n');
  const { values } = readEnvironment({ directory, real: { DASHBOARD_PORT: '5000', PATH: '/bin' } });
  expect(values).toEqual({ DASHBOARD_PORT: '5000', HOST: '0.0.0.0' });
});

it('an empty value counts as not set', () => {
  writeEnv('REDIS_URL=\nDB_HOST=localhost\n');
  expect(readEnvironment({ directory, real: { WA_ENDPOINT: '  ' } }).values).toEqual({
    DB_HOST: 'localhost',
  });
});

it('an empty value of the real environment hides the one of .env', () => {
  writeEnv('REDIS_URL=redis://somewhere\n');
  expect(readEnvironment({ directory, real: { REDIS_URL: '' } }).values).toEqual({});
});

it('no .env is fine', () => {
  expect(readEnvironment({ directory, real: {} })).toEqual({ values: {}, unknown: [], directory });
});

it('reports keys of .env that mean nothing to us, which are perhaps misspelt', () => {
  writeEnv('DASHBORD_PORT=1\nHOST=localhost\n');
  expect(readEnvironment({ directory, real: { HOME: '/root' } }).unknown).toEqual(['DASHBORD_PORT']);
});
