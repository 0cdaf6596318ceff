import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { connectClient } from '../support/client.ts';
import { startServerProcess } from '../support/server-process.ts';

const SANDBOX = join(import.meta.dirname, '../../src/sandbox.ts');

it('the sandbox prints lines to paste that pair two devices and send a text', async () => {
  await using sandbox = startServerProcess({ entry: SANDBOX, environment: { ADMIN_API_KEY: '' } });
  const url = await sandbox.waitReady();
  const last = await sandbox.lines.waitFor((line) => line.includes('Hello Budi'));
  const pasted = sandbox.lines.all.filter((line) => line.includes('curl -s'));
  expect(pasted).toHaveLength(3);
  expect(pasted.at(-1)).toBe(last);
  const key = /API key\s+(\S+)/.exec(sandbox.lines.all.join('\n'))?.[1] ?? '';
  const client = await connectClient({ url, key });
  const outputs: string[] = [];
  for (const line of pasted) outputs.push((await promisify(execFile)('sh', ['-c', line])).stdout);
  expect(outputs.at(-1)).toContain('"status":"server_ack"');

  const { data } = await client.api.get('devices/connected');
  expect(data).toMatchObject({ total: 2, items: [{ deviceId: 'anna' }, { deviceId: 'budi' }] });
  await client.waitForEvent(({ type, deviceId }) => type === 'message' && deviceId === 'budi');
  const received = await client.api.get('devices/budi/messages?direction=in');
  expect(received.data).toMatchObject({ items: [{ text: 'Hello Budi' }] });
  client.close();
  expect(await sandbox.kill(), `${sandbox.lines.all.slice(-12).join('\n')}\n${sandbox.complaints()}`).toBe(0);
});
