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
  }).stdin?.end();
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

const ANA = ['--email', 'Ana@Example.com', '--name', 'Ana', '--role', 'admin'];

it('makes a person with a password, lists, and gives a new password', async () => {
  const made = await cli('user', 'create', ...ANA);
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^[\w-]{24}\n$/)]);
  const twice = await cli('user', 'create', ...ANA);
  expect([twice.code, twice.problems]).toEqual([1, 'A user with this e-mail address exists already\n']);
  expect((await cli('user', 'list')).out).toMatch(
    /^\w{26} {2}active {4}admin {5}every device {2}never signed in {2}ana@example\.com {2}Ana\n$/,
  );
  const anew = await cli('user', 'password', 'ana@example.com');
  expect(anew.out).toMatch(/^[\w-]{24}\n$/);
  expect(anew.out).not.toBe(made.out);
}, 90_000);

it('locks a person out, but not the last administrator', async () => {
  await cli('user', 'create', ...ANA);
  const last = await cli('user', 'disable', 'ana@example.com');
  expect([last.code, last.problems]).toEqual([1, 'Nobody would be left who may administer this server\n']);
  await cli(
    'user',
    'create',
    '--email',
    'bo@example.com',
    '--name',
    'Bo',
    '--role',
    'viewer',
    '--devices',
    'dev-1',
  );
  expect((await cli('user', 'disable', 'bo@example.com')).code).toBe(0);
  expect((await cli('user', 'list')).out).toMatch(/disabled {2}viewer {4}dev-1 {2}/);
}, 90_000);

it.each([
  ['no e-mail address', ['--email', 'ana', '--name', 'x', '--role', 'admin']],
  ['no role', ['--email', 'a@example.com', '--name', 'x']],
  [
    'an administrator limited to devices',
    ['--email', 'a@example.com', '--name', 'x', '--role', 'admin', '--devices', 'dev-1'],
  ],
  [
    'no password on standard input',
    ['--email', 'a@example.com', '--name', 'x', '--role', 'admin', '--password-stdin'],
  ],
])('a person with %s is not made', async (_name, options) => {
  const wrong = await cli('user', 'create', ...options);
  expect([wrong.code, wrong.out]).toEqual([64, '']);
  expect(wrong.problems).toContain('Usage: npm run cli -- user');
});

it('explains itself', async () => {
  const help = await cli('--help');
  expect(help.code).toBe(0);
  expect(help.out).toContain('key create --name');
  expect(help.out).toContain('user password <email>');
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
