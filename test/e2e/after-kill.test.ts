import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BufferJSON, Curve, initAuthCreds } from '@whiskeysockets/baileys';
import { expect, it } from 'vitest';
import { createApi } from '../support/api.ts';
import { connectClient, type DeviceAnswer } from '../support/client.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startTestSimulator } from '../support/simulator.ts';

const ANA = '6281200000061';

it('a device of a killed process is not called connected until it is, whatever the new one is busy with', async () => {
  const simulator = await startTestSimulator();
  await using first = startServerProcess({ simulator });
  const client = await connectClient({ url: await first.waitReady(), key: ADMIN_KEY });
  await client.createDevice('ana');
  await client.pairByCode('ana', simulator.phone(ANA, 'Ana'));
  client.close();
  await first.kill('SIGKILL');
  await simulator.close();
  folderToTakeOver(first.dataDir);

  await using second = startServerProcess({ simulator, dataDir: first.dataDir });
  const api = createApi(await second.waitReady(), ADMIN_KEY);
  const { data } = await api.get<DeviceAnswer>('devices/ana');
  expect(data).toMatchObject({ isConnected: false, hasSession: true });
});

/** Enough files to keep a start busy for a while. */
function folderToTakeOver(dataDir: string) {
  const folder = join(dataDir, 'sessions', 'auth_info_baileys_shop');
  mkdirSync(folder, { recursive: true });
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(value, BufferJSON.replacer));
  write('creds', initAuthCreds());
  const pair = Curve.generateKeyPair();
  for (let id = 1; id <= 3_000; id += 1) write(`pre-key-${id}`, pair);
}
