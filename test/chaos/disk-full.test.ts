import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/auth.ts';
import { hasSmallDisks, runServerOnSmallDisk } from '../support/chaos-disk.ts';
import { receivedTexts, runServer, statusOf, waitForTexts } from '../support/chaos-server.ts';
import { expectOk } from '../support/client.ts';
import { startTestSimulator, waitForMessage } from '../support/simulator.ts';

const ANA = '6281200000001';
const BUDI = '6281200000002';
const DISK_BYTES = 24 << 20;
/** What SQLite's log has room for before it needs more disk, and then some. */
const MOST_WRITES = 20_000;

it('a full disk: writes are refused with 507, sessions stay whole, and all goes on when there is room again', async ({
  skip,
}) => {
  if (!hasSmallDisks) skip('no disk can be mounted here');
  const simulator = await startTestSimulator();
  const dataDir = temporaryFolder();
  const { server, disk } = await runServerOnSmallDisk({ dataDir, simulator }, DISK_BYTES);
  await server.createDevice('ana');
  await server.pairByQr('ana', simulator.phone(ANA, 'Ana'));
  const budi = simulator.phone(BUDI, 'Budi');
  await budi.sendText(ANA, 'before');
  await waitForTexts(server, 'ana', ['before']);

  disk.fill();
  const refused = await firstRefusal();
  expect(refused).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
  const sent = await server.api.post('devices/ana/send-message', { to: BUDI, message: 'into a full disk' });
  expect(sent).toMatchObject({ status: 507, code: 'STORAGE_FULL' });
  // Nothing can be stored, so nothing may be taken: the socket closes, and WhatsApp keeps what comes.
  const from = server.events.length;
  await budi.sendText(ANA, 'the first when it was full');
  await server.waitForEvent(
    ({ deviceId, cause }) => deviceId === 'ana' && codeOf(cause) === 'store_unavailable',
    from,
  );
  await budi.sendText(ANA, 'while it was full');
  expect(await statusOf(server, 'ana')).toMatchObject({ hasSession: true, qrCode: null, isConnected: false });
  expect(await receivedTexts(server, 'ana')).toEqual(['before']);

  disk.free();
  await server.waitForStatus('ana', 'connected');
  const missed = ['the first when it was full', 'while it was full'];
  expect((await waitForTexts(server, 'ana', missed)).toSorted()).toEqual(['before', ...missed]);
  expectOk(await server.api.post('devices', { deviceId: 'after' }));
  expectOk(await server.api.post('devices/ana/send-message', { to: BUDI, message: 'room again' }));
  await waitForMessage(budi, ({ text }) => text === 'room again');
  expect(budi.messages().map(({ text }) => text)).not.toContain('into a full disk');

  // What is on the disk is whole: another server goes on with it.
  server.process.child.kill('SIGSTOP');
  const copy = temporaryFolder();
  disk.copyTo(copy);
  await server.kill();
  const next = await runServer({ dataDir: copy, simulator });
  await next.waitForStatus('ana', 'connected');
  await budi.sendText(ANA, 'on a larger disk');
  await waitForTexts(next, 'ana', ['on a larger disk']);
  expect(simulator.history.of('pairing-offered')).toHaveLength(1);
  await next.kill();
  await simulator.close();

  async function firstRefusal() {
    for (let count = 0; count < MOST_WRITES; count += 1) {
      const answer = await server.api.post('devices', { deviceId: `filling-${count}` });
      if (answer.status !== 201) return answer;
    }
    throw new Error('the disk never was full');
  }
});

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
}
