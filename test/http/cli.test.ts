import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wafleet-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command line as a person would, in a folder of its own. */
function cli(...args: string[]): Promise<{ code: number | string; out: string; problems: string }> {
  const { promise, resolve } = Promise.withResolvers<{
    code: number | string;
    out: string;
    problems: string;
  }>();
  const options = { cwd: folder, env: { PATH: process.env.PATH } };
  execFile(process.execPath, [CLI, ...args], options, (error, out, problems) => {
    resolve({ code: error?.code ?? 0, out, problems });
  });
  return promise;
}

it('makes a key in the database of the server, lists and revokes it', async () => {
  const made = await cli('key', 'create', '--name', 'panel', '--scopes', 'device:read', '--expires', '30d');
  expect(made.out).toMatch(/^wfl_\w{26}_\w{43}_\w{6}\n$/);
  const [, id = ''] = made.out.split('_');
  const lists = (line: string) => ({ code: 0, out: expect.stringContaining(line), problems: '' });
  expect(await cli('key', 'list')).toEqual(lists(`${id}  active   device:read`));
  expect((await cli('key', 'revoke', id)).code).toBe(0);
  expect(await cli('key', 'list')).toEqual(lists(`${id}  revoked`));
});

it('explains itself', async () => {
  const help = await cli('--help');
  expect(help.code).toBe(0);
  expect(help.out).toContain('key create --name');
});

it('a wrong command ends with 64 and the usage, a missing key with 1', async () => {
  const wrong = await cli('key', 'create', '--name', 'x');
  expect([wrong.code, wrong.out]).toEqual([64, '']);
  expect(wrong.problems).toMatch(/^--scopes is missing\n[\s\S]*Usage:/);
  const missing = await cli('key', 'revoke', 'nobody');
  expect([missing.code, missing.problems]).toEqual([1, 'No API key has this id\n']);
});

it('a wrong configuration ends with 78 and names the key', async () => {
  writeFileSync(path.join(folder, '.env'), 'DASHBOARD_PORT=never\n');
  const refused = await cli('key', 'list');
  expect(refused.code).toBe(78);
  expect(refused.problems).toContain('DASHBOARD_PORT must be a whole number');
});
