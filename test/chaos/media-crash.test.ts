import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { hasSmallDisks, runServerOnSmallDisk } from '../support/chaos-disk.ts';
import { type Running, runServer } from '../support/chaos-server.ts';
import { pdfFile, sha256Of } from '../support/media-files.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const DISK_BYTES = 90 << 20;

const asked = (file: Uint8Array) => ({
  to: BUDI,
  mediaType: 'document',
  base64: Buffer.from(file).toString('base64'),
});

/** The id of the message that is handed to WhatsApp now; its file is on the way. */
async function sendingOn({ api }: Running): Promise<string> {
  for (;;) {
    const { data } = await api.get<{ items: readonly { messageId: string; status: string }[] }>(
      'devices/ana/messages?direction=out',
    );
    const found = data.items.find(({ status }) => status === 'sending');
    if (found) return found.messageId;
  }
}

it('a server killed in the middle of an upload sends the file after its restart, once', async () => {
  const simulator = await startTestSimulator();
  const environment = { WA_MEDIA_ORIGIN: simulator.mediaOrigin, WA_MEDIA_CA: simulator.caFile };
  const options = { dataDir: temporaryFolder(), simulator, environment };
  const first = await runServer(options);
  await first.createDevice('ana');
  await first.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const budi = simulator.phone(BUDI, 'Budi');
  simulator.faults.add({ kind: 'media-slow', at: 'upload', bytesPerSecond: 1_000, times: 1 });
  const file = pdfFile(3_000_000);
  const sending = first.api.post('devices/ana/send-media', asked(file)).catch(() => null);
  const messageId = await sendingOn(first);
  await first.kill('SIGKILL');
  await sending;

  const second = await runServer(options);
  const { media } = await waitForMessage(budi, (message) => message.media?.state === 'downloaded');
  expect(media?.received?.sha256).toBe(sha256Of(file));
  const files = budi.messages().filter((message) => message.media !== null);
  expect(files.map(({ id }) => id)).toEqual([messageId]);
  await second.kill();
  await simulator.close();
});

it('a disk with no room for files refuses them with 507, and texts go on', async ({ skip }) => {
  if (!hasSmallDisks) skip('no disk can be mounted here');
  const simulator = await startTestSimulator();
  const environment = { WA_MEDIA_ORIGIN: simulator.mediaOrigin, WA_MEDIA_CA: simulator.caFile };
  const options = { dataDir: temporaryFolder(), simulator, environment };
  simulator.phone(BUDI, 'Budi');
  const { server } = await runServerOnSmallDisk(options, DISK_BYTES);
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const send = (length: number) => server.api.post('devices/ana/send-media', asked(pdfFile(length)));
  expect(await send(14_000_000)).toMatchObject({ status: 200 });
  expect(await send(15_000_000)).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
  const text = await server.api.post('devices/ana/send-message', { to: BUDI, message: 'a text' });
  expect(text).toMatchObject({ status: 200 });
  await server.kill();
  await simulator.close();
});
