import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { runServer } from '../support/chaos-server.ts';
import { ADMIN_KEY } from '../support/server.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const FILE_BYTES = 16 * 1024 * 1024;
const AT_ONCE = 20;
/** RELIABILITY.md G17; the files are 320 MB. */
const MOST_MORE_BYTES = 64 * 1024 * 1024;
const BOUNDARY = 'between-the-parts';

/** A form with a file of 16 MB that nobody holds in memory; each number makes another file. */
function* form(seed: number): Generator<Buffer> {
  const field = (name: string, value: string) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  yield Buffer.from(field('to', BUDI) + field('mediaType', 'document'));
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n`,
  );
  const head = Buffer.from(`%PDF-1.7\n%${String(seed).padStart(6, '0')}`);
  yield head;
  const piece = Buffer.alloc(65_536, seed + 1);
  for (let left = FILE_BYTES - head.length; left > 0; left -= piece.length) yield piece.subarray(0, left);
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}

async function upload(url: string, seed: number): Promise<{ status: number; messageId: string }> {
  const asked = request(`${url}/api/whatsapp-multi-device/devices/ana/send-media?queue=true`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
  });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', async (response) => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(await response.toArray()).toString() });
    });
  });
  await pipeline(form(seed), asked);
  const { status, text } = await answered;
  return { status, messageId: JSON.parse(text).data?.messageId ?? text };
}

function memoryOf(pid: number | undefined) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytesOf = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) * 1_024;
  return { now: bytesOf('VmRSS'), peak: bytesOf('VmHWM') };
}

it('twenty files of 16 MB at once are never in memory', async () => {
  const simulator = await startTestSimulator();
  const environment = { WA_MEDIA_ORIGIN: simulator.mediaOrigin, WA_MEDIA_CA: simulator.caFile };
  const server = await runServer({ dataDir: temporaryFolder(), simulator, environment });
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const budi = simulator.phone(BUDI, 'Budi');
  const arrived = (messageId: string) =>
    waitForMessage(budi, ({ id, media }) => id === messageId && media?.state === 'downloaded');
  // What is loaded and allocated once does not count.
  for (const seed of [AT_ONCE, AT_ONCE + 1]) {
    const { status, messageId } = await upload(server.api.url, seed);
    expect([status, messageId]).toEqual([200, expect.stringMatching(/^3EB0/)]);
    await arrived(messageId);
  }

  const { pid } = server.process.child;
  const before = memoryOf(pid).now;
  // The peak begins anew.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, seed) => upload(server.api.url, seed)),
  );
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 202)).toEqual(
    [],
  );
  for (const { messageId } of answers) {
    expect((await arrived(messageId)).media?.received?.bytes).toBe(FILE_BYTES);
  }
  expect(memoryOf(pid).peak - before).toBeLessThan(MOST_MORE_BYTES);
  await server.kill();
  await simulator.close();
});
