import { describe, expect, it } from 'vitest';
import { runKeyCommand, UsageError } from '../../src/access/key-command.ts';
import { noLimit, startApiKeys } from '../support/api-keys.ts';

function start() {
  const { service, clock, rows } = startApiKeys();
  const printed: string[] = [];
  const remarks: string[] = [];
  const run = (line: string) =>
    runKeyCommand(line.split(' '), {
      apiKeys: service,
      clock,
      print: (text) => printed.push(text),
      remark: (text) => remarks.push(text),
    });
  return { run, printed, remarks, service, clock, rows };
}

it('makes a key that works and prints it once', async () => {
  const { run, printed, service } = start();
  await run('create --name panel --scopes device:read,message:send --devices dev-1,dev-2 --expires 30d');
  const [secret = ''] = printed;
  const access = await service.authenticate(secret, noLimit);
  expect(access.deviceIds).toEqual(['dev-1', 'dev-2']);
  await run('list');
  expect(printed.slice(1).join('\n')).not.toContain(secret);
});

it.each([
  ['12h', '2026-01-01T12:00:00.000Z'],
  ['30d', '2026-01-31T00:00:00.000Z'],
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
])('--expires %s', async (text, at) => {
  const { run, rows } = start();
  await run(`create --name x --scopes admin --expires ${text}`);
  expect([...rows.values()].map(({ expiresAt }) => expiresAt?.toISOString())).toEqual([at]);
});

describe('what cannot be carried out changes nothing', () => {
  it.each([
    '',
    'delete x',
    'create',
    'create --name x',
    'create --name x --scopes everything',
    'create --name x --scopes admin --devices dev-1',
    'create --name x --scopes device:read --devices ../etc',
    'create --name x --scopes admin --expires yesterday',
    'create --name x --scopes admin --expires 2020-01-01',
    'create --name x --scopes admin --expires 0d',
    'create --name x --scopes admin --force',
    'revoke',
  ])('key %s', async (line) => {
    const { run, rows, printed } = start();
    await expect(run(line)).rejects.toBeInstanceOf(UsageError);
    expect(rows.size).toBe(0);
    expect(printed).toEqual([]);
  });
});

it('lists and revokes', async () => {
  const { run, printed, remarks, rows } = start();
  await run('list');
  expect(remarks).toEqual([expect.stringContaining('no key yet')]);
  await run('create --name panel --scopes device:read');
  const [id = ''] = rows.keys();
  await run(`revoke ${id}`);
  await run('list');
  expect(printed.at(-1)).toBe(`${id}  revoked  device:read  every device  never used  panel`);
  await expect(run('revoke nobody')).rejects.toMatchObject({ code: 'API_KEY_NOT_FOUND' });
});
