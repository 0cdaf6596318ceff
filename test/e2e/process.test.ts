import { execFile } from 'node:child_process';
import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../support/api.ts';
import { connectClient, type DeviceAnswer } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { parseLogLine, startServerProcess } from '../support/server-process.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const ANA = '6281200000001';
const CLI = join(import.meta.dirname, '../../src/cli.ts');
const NO_KEY = { ADMIN_API_KEY: '' };

let simulator: TestSimulator;

beforeAll(async () => {
  simulator = await startTestSimulator();
});
afterAll(() => simulator.close());

/** `npm run cli -- key …` on the data of a server. */
function keyCommand(dataDir: string, ...args: string[]) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, DATA_DIR: dataDir };
  return promisify(execFile)(process.execPath, [CLI, 'key', ...args], { cwd: dataDir, env });
}

describe('the first start', () => {
  it('prints an administrator key, this once, and not into the log', async () => {
    await using first = startServerProcess({ environment: NO_KEY });
    const url = await first.waitReady();
    const key = (await first.lines.waitFor((line) => /^ {4}\S{32,}$/.test(line))).trim();
    expect((await createApi(url, key).get('/api/auth/tokens')).data).toMatchObject({ total: 1 });
    expect(first.lines.all.filter((line) => line.includes(key))).toEqual([`    ${key}`]);
    expect(first.complaints()).toBe('');
    expect(await first.kill()).toBe(0);

    await using second = startServerProcess({ dataDir: first.dataDir });
    const again = createApi(await second.waitReady(), key);
    expect((await again.get('/api/auth/tokens')).data).toMatchObject({ total: 1 });
    // ADMIN_API_KEY came too late to be adopted, which an operator has to know.
    expect((await again.as(ADMIN_KEY).get('devices')).code).toBe('API_KEY_INVALID');
    const warned = second.lines.all.filter((line) => line.includes('ADMIN_API_KEY is no valid'));
    expect(warned).toHaveLength(1);
    expect(second.lines.all.join('\n')).not.toContain('dministrator key, shown');
  });

  it('takes ADMIN_API_KEY instead, prints no key, and keeps its secrets to the owner', async () => {
    await using server = startServerProcess();
    const url = await server.waitReady();
    expect((await createApi(url, ADMIN_KEY).get('devices')).status).toBe(200);
    expect(server.lines.all.join('\n')).not.toContain('dministrator key');
    expect(server.lines.all.join('\n')).not.toContain(ADMIN_KEY);
    for (const name of readdirSync(server.dataDir).filter((each) => /key|secret/.test(each))) {
      expect(`${name} ${(statSync(join(server.dataDir, name)).mode & 0o777).toString(8)}`).toBe(
        `${name} 600`,
      );
    }
  });
});

it('the command line makes, lists and revokes keys while the server runs', async () => {
  await using server = startServerProcess();
  const api = createApi(await server.waitReady(), ADMIN_KEY);
  for (const deviceId of ['ana', 'budi']) await api.post('devices', { deviceId });
  const order = ['--name', 'a clerk', '--scopes', 'device:read', '--devices', 'ana', '--expires', '1d'];
  const { stdout: secret, stderr: words } = await keyCommand(server.dataDir, 'create', ...order);
  const clerk = api.as(secret.trim());
  expect((await clerk.get('devices')).data).toMatchObject({ total: 1 });
  expect(await clerk.post('devices/ana/connect')).toMatchObject({ status: 403 });

  const id = /Its id is (\S+)\./.exec(words)?.[1] ?? '';
  expect((await keyCommand(server.dataDir, 'list')).stdout).toContain(`${id}  active`);
  await keyCommand(server.dataDir, 'revoke', id);
  expect((await keyCommand(server.dataDir, 'list')).stdout).toContain(`${id}  revoked`);
  expect((await api.get<{ items: object[] }>('/api/auth/tokens')).data.items).toContainEqual(
    expect.objectContaining({ tokenId: id, name: 'a clerk', status: 'revoked' }),
  );
  await expect(keyCommand(server.dataDir, 'create', '--name', 'x', '--scopes', 'all')).rejects.toMatchObject({
    code: 64,
    stderr: expect.stringContaining('"all" is no scope'),
  });
});

it('a wrong configuration ends the start with 78 and names every wrong key, but no secret', async () => {
  const environment = {
    DASHBOARD_PORT: 'http',
    ADMIN_API_KEY: 'tooshort-secret',
    MASTER_KEY: 'not-a-master-key',
    APP_TIMEZONE: 'Mars/Olympus',
    WA_DEFAULT_COUNTRY: 'Indonesia',
    WA_ENDPOINT: 'wss://evil.example/ws',
    DB_HOST: 'localhost',
    ROLE: 'king',
  };
  await using server = startServerProcess({ environment });
  expect(await server.exited).toBe(78);
  for (const name of Object.keys(environment).filter((each) => each !== 'DB_HOST')) {
    expect(server.complaints()).toContain(name);
  }
  expect(server.complaints()).toContain('DB_USER');
  expect(server.complaints()).not.toMatch(/tooshort-secret|not-a-master-key/);
  expect(readdirSync(server.dataDir)).toEqual([]);
});

describe('the end of the process', () => {
  it('on SIGKILL costs nothing, and on SIGTERM is in order; a lost master key is not made anew', async () => {
    await using first = startServerProcess({ simulator });
    const client = await connectClient({ url: await first.waitReady(), key: ADMIN_KEY });
    await client.createDevice('ana');
    await client.pairByCode('ana', simulator.phone(ANA, 'Ana'));
    client.close();
    expect(await first.kill('SIGKILL')).toBeNull();

    const { dataDir } = first;
    const [file, kept] = [join(dataDir, 'master.key'), join(dataDir, 'kept')];
    renameSync(file, kept);
    await using second = startServerProcess({ simulator, dataDir });
    expect(await second.exited).toBe(78);
    expect(second.complaints()).toContain('master.key is missing');
    expect(existsSync(file)).toBe(false);
    renameSync(kept, file);

    await using third = startServerProcess({ simulator, dataDir });
    const again = await connectClient({ url: await third.waitReady(), key: ADMIN_KEY });
    await again.waitForStatus('ana', 'connected');
    const { data } = await again.api.get<DeviceAnswer>('devices/ana');
    expect(data).toMatchObject({ phoneNumber: ANA, hasSession: true });
    expect(again.events.map(({ type }) => type)).not.toContain('qr');
    expect(await third.kill('SIGTERM')).toBe(0);
    expect(third.lines.all.map((line) => parseLogLine(line).msg)).toContain('stopped');
    expect(simulator.history.records(({ kind }) => kind === 'login-refused')).toEqual([]);
  });
});
